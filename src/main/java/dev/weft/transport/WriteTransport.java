package dev.weft.transport;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A transport that takes data: asyncio's {@code WriteTransport}.
 *
 * <p>Nothing here suspends. What the system does not take at once is buffered; the protocol is told by
 * {@link BaseProtocol#pauseWriting} when too much is, and by {@link BaseProtocol#resumeWriting} when it
 * may go on.
 */
public interface WriteTransport extends BaseTransport {

  /**
   * Sends the bytes between the buffer's position and its limit ({@code write}). Sends at once what the system takes,
   * but no more than 1 MiB; later turns send the rest. Leaves the buffer's position at its limit. Never suspends.
   *
   * <p>The memory is the caller's again when the call returns, as the transport copies what it has not sent. There is one
   * exception: a write that leaves more than 1 MiB unsent, and that fills the transport above its high-water mark, keeps
   * the memory without a copy, as asyncio does. That memory is the caller's again when the protocol may write again: after
   * {@link BaseProtocol#resumeWriting}, after a stream's {@code drain}, or when the connection is lost. In debug mode the
   * connection fails if the memory changes before it is sent.
   *
   * <p>{@link BaseProtocol#connectionLost} receives the error of a failed write. It also receives an {@code
   * OutOfMemoryError} if there is no memory for the copy; the loop's exception handler receives that one as well.
   *
   * @throws IllegalStateException after {@link #writeEof}
   */
  void write(ByteBuffer data);

  /**
   * Sends the bytes of an array, as {@link #write(ByteBuffer)} does.
   *
   * @throws IllegalStateException after {@link #writeEof}
   */
  default void write(byte[] data) {
    write(ByteBuffer.wrap(data));
  }

  /**
   * Sends several buffers as if they were one ({@code writelines}). Keeps or copies their memory as {@link
   * #write(ByteBuffer)} does with a buffer of their total size. Never suspends.
   *
   * @throws NullPointerException if the list or one of the buffers is null; nothing is sent then
   * @throws IllegalStateException after {@link #writeEof}
   */
  void writelines(List<ByteBuffer> data);

  /** Whether {@link #writeEof} is possible ({@code can_write_eof}). */
  boolean canWriteEof();

  /**
   * Closes the sending half once the buffer is flushed ({@code write_eof}); data is still received. Does
   * nothing if closing or done before.
   *
   * @throws UnsupportedOperationException if {@link #canWriteEof} is false
   */
  void writeEof();

  /**
   * Closes at once and drops what is buffered ({@code abort}); {@link BaseProtocol#connectionLost} is
   * called with null in the next turn.
   */
  void abort();

  /** The number of bytes buffered for sending ({@code get_write_buffer_size}). */
  int getWriteBufferSize();

  /** The marks of write flow control ({@code get_write_buffer_limits}). */
  WriteBufferLimits getWriteBufferLimits();

  /**
   * Sets the marks of write flow control ({@code set_write_buffer_limits}); pauses the protocol at once
   * if more than {@code high} is buffered.
   */
  void setWriteBufferLimits(WriteBufferLimits limits);
}
