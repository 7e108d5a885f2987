package dev.weft.transport;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A transport that takes data: asyncio's {@code WriteTransport}.
 *
 * <p>No method suspends. The transport buffers what the system does not take at once. It calls
 * {@link BaseProtocol#pauseWriting} when too much is buffered, and {@link BaseProtocol#resumeWriting} when the protocol
 * may write again. It drops what is written after the connection is lost, and logs a warning once, at the fifth such
 * call. Loop thread only.
 */
public interface WriteTransport extends BaseTransport {

  /**
   * Sends the bytes between the buffer's position and its limit ({@code write}). Sends at once what the system takes,
   * but no more than 1 MiB; later turns send the rest. Leaves the buffer's position at its limit. Never suspends. Loop
   * thread only.
   *
   * <p>The caller may reuse the memory when the call returns, because the transport copies what it has not sent. There
   * is one exception: a write that leaves more than 1 MiB unsent, and that fills the transport above its high-water
   * mark, keeps the memory without a copy, as asyncio does. The caller may reuse that memory when the protocol may
   * write again: after {@link BaseProtocol#resumeWriting}, after a stream's {@code drain}, or when the connection is
   * lost. In debug mode the connection fails if the memory changes before it is sent.
   *
   * <p>{@link BaseProtocol#connectionLost} receives the error of a failed write. It also receives an
   * {@code OutOfMemoryError} if there is no memory for the copy; the loop's exception handler receives that error as
   * well.
   *
   * @param data the bytes
   * @throws IllegalStateException for a socket without TLS: after {@link #writeEof}, or while {@code sendfile} runs
   */
  void write(ByteBuffer data);

  /**
   * Sends the bytes of an array ({@code write}). Sends at once what the system takes, but no more than 1 MiB; later
   * turns send the rest. The caller may reuse the array as after {@link #write(ByteBuffer)}. Never suspends. Loop
   * thread only.
   *
   * @param data the bytes
   * @throws IllegalStateException for a socket without TLS: after {@link #writeEof}, or while {@code sendfile} runs
   */
  default void write(byte[] data) {
    write(ByteBuffer.wrap(data));
  }

  /**
   * Sends several buffers as if they were one ({@code writelines}). Keeps or copies their memory as
   * {@link #write(ByteBuffer)} does with a buffer of their total size. Never suspends. Loop thread only.
   *
   * @param data the buffers
   * @throws NullPointerException if the list or one of the buffers is null; nothing is sent then
   * @throws IllegalStateException for a socket without TLS: after {@link #writeEof}, or while {@code sendfile} runs
   */
  void writelines(List<ByteBuffer> data);

  /**
   * Returns whether {@link #writeEof} is possible ({@code can_write_eof}). Never suspends. Loop thread only.
   *
   * @return false for transports that can only be closed as a whole
   */
  boolean canWriteEof();

  /**
   * Closes the sending half once what is buffered is sent ({@code write_eof}). The transport still receives data. A
   * transport of a pipe closes as a whole. Idempotent. Has no effect once the transport is closing. Never suspends.
   * Loop thread only.
   *
   * @throws UnsupportedOperationException if {@link #canWriteEof} is false
   * @throws IllegalStateException while {@code sendfile} runs
   */
  void writeEof();

  /**
   * Closes at once and drops what is buffered ({@code abort}). The loop calls {@link BaseProtocol#connectionLost} with
   * null in the next turn. Never suspends. Loop thread only.
   */
  void abort();

  /**
   * Returns the number of bytes that are buffered for sending ({@code get_write_buffer_size}). Never suspends. Loop
   * thread only.
   *
   * @return 0 or more
   */
  int getWriteBufferSize();

  /**
   * Returns the limits of write flow control ({@code get_write_buffer_limits}). Never suspends. Loop thread only.
   *
   * @return the limits, in bytes
   */
  WriteBufferLimits getWriteBufferLimits();

  /**
   * Sets the limits of write flow control ({@code set_write_buffer_limits}). Pauses the protocol at once if more than
   * {@code high} is buffered. Never suspends. Loop thread only.
   *
   * @param limits the limits, in bytes
   */
  void setWriteBufferLimits(WriteBufferLimits limits);
}
