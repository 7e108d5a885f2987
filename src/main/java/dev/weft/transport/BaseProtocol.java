package dev.weft.transport;

import org.jspecify.annotations.Nullable;

/**
 * What all protocols have in common: asyncio's {@code BaseProtocol}.
 *
 * <p>The loop calls these methods on its own thread, one at a time. They are callbacks, not tasks: they
 * must not await. An exception that leaves one is reported to the loop's exception handler.
 */
public interface BaseProtocol {

  /**
   * The first call, once ({@code connection_made}).
   *
   * @param transport the other side of this protocol
   */
  default void connectionMade(BaseTransport transport) {}

  /**
   * The last call, once ({@code connection_lost}).
   *
   * @param error what broke the connection; null after a close, an abort or the peer's end of data
   */
  default void connectionLost(@Nullable Throwable error) {}

  /** More than the high mark is buffered ({@code pause_writing}): stop writing. Called inside write. */
  default void pauseWriting() {}

  /** The buffer is down to the low mark ({@code resume_writing}): go on writing. */
  default void resumeWriting() {}
}
