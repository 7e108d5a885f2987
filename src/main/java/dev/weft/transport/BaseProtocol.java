package dev.weft.transport;

import org.jspecify.annotations.Nullable;

/**
 * The methods that all protocols have: asyncio's {@code BaseProtocol}.
 *
 * <p>The loop calls these methods on its own thread, one at a time. They are callbacks and not tasks, so they must not
 * await. The loop reports an exception that a method throws to the exception handler.
 */
public interface BaseProtocol {

  /**
   * Gets the transport. The loop calls this first, and once ({@code connection_made}).
   *
   * @param transport the transport that uses this protocol
   */
  default void connectionMade(BaseTransport transport) {}

  /**
   * Learns that the connection is lost. The loop calls this last, and once ({@code connection_lost}).
   *
   * @param error the failure of the connection; null after a close, an abort or the peer's end of data
   */
  default void connectionLost(@Nullable Throwable error) {}

  /**
   * Requests that the protocol stops writing, because more than the high-water mark is buffered
   * ({@code pause_writing}). The transport calls this inside the method that exceeds the mark, for example
   * {@code write}.
   */
  default void pauseWriting() {}

  /** Permits the protocol to write again, because the buffer is down to the low-water mark ({@code resume_writing}). */
  default void resumeWriting() {}
}
