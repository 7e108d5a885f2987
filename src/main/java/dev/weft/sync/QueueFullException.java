package dev.weft.sync;

/** Thrown by {@link Queue#putNowait} if the queue is full: asyncio's {@code QueueFull}. */
public final class QueueFullException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  QueueFullException() {
    super("the queue is full");
  }
}
