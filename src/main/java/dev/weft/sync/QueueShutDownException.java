package dev.weft.sync;

/** Thrown by a {@link Queue} that is shut down: asyncio's {@code QueueShutDown}. */
public final class QueueShutDownException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  QueueShutDownException() {
    super("the queue was shut down");
  }
}
