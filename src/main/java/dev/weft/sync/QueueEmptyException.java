package dev.weft.sync;

/** Thrown by {@link Queue#getNowait} if the queue is empty: asyncio's {@code QueueEmpty}. */
public final class QueueEmptyException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  QueueEmptyException() {
    super("the queue is empty");
  }
}
