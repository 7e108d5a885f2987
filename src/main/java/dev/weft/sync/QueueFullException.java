package dev.weft.sync;

/** A queue is full: asyncio's {@code QueueFull}. */
public final class QueueFullException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  QueueFullException() {
    super("the queue is full");
  }
}
