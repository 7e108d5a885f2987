package dev.weft.stream;

import dev.weft.loop.Task;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.SslOptions;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteTransport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of a stream: asyncio's {@code StreamWriter}. Loop thread only.
 *
 * <pre>{@code
 * writer.write("hello\n");
 * writer.drain(); // waits while too much is buffered
 * }</pre>
 *
 * <p>Writing never parks the task. {@link #drain} parks it while too much is buffered. A task that writes much must
 * call {@code drain}; otherwise memory grows. The writer drops what is written after the connection is lost, and logs a
 * warning once, at the fifth such call; {@code drain} throws the loss.
 */
public final class StreamWriter implements AutoCloseable {

  private WriteTransport transport;
  private final FlowControl protocol;
  private final @Nullable StreamReader reader; // null if nothing is read

  StreamWriter(Transport transport, StreamReaderProtocol protocol, StreamReader reader) {
    this.transport = transport;
    this.protocol = protocol;
    this.reader = reader;
  }

  /**
   * Creates a writer on a pipe that {@link dev.weft.loop.EventLoop#connectWritePipe} has connected. Never suspends.
   * Loop thread only.
   *
   * @param transport the pipe's transport
   * @param protocol the transport's protocol
   */
  public StreamWriter(WriteTransport transport, FlowControl protocol) {
    this.transport = Objects.requireNonNull(transport, "transport");
    this.protocol = Objects.requireNonNull(protocol, "protocol");
    this.reader = null;
  }

  /** Returns whether a task waits for room. */
  boolean isAwaited() {
    return protocol.isAwaited();
  }

  private void noteUse() {
    if (reader != null) {
      reader.noteUse();
    }
  }

  /**
   * Returns the transport ({@code transport}). Never suspends. Loop thread only.
   *
   * @return the transport; another one after {@link #startTls}
   */
  public WriteTransport transport() {
    return transport;
  }

  /**
   * Writes bytes ({@code write}). The caller may reuse the array when the call returns, unless more than 1 MiB of it is
   * unsent and the writer is above its high-water mark. In that case the caller may reuse it when {@link #drain} or
   * {@link #waitClosed} returns. Never suspends. Loop thread only.
   *
   * @param data the bytes
   * @throws IllegalStateException for a socket without TLS: after {@link #writeEof}, or while {@code sendfile} runs
   */
  public void write(byte[] data) {
    transport.write(data);
    noteUse();
  }

  /**
   * Writes the remaining bytes of a buffer ({@code write}). The caller may reuse the memory when the call returns,
   * unless more than 1 MiB of it is unsent and the writer is above its high-water mark. In that case the caller may
   * reuse it when {@link #drain} or {@link #waitClosed} returns. Never suspends. Loop thread only.
   *
   * @param data the buffer, whose position moves to its limit
   * @throws IllegalStateException for a socket without TLS: after {@link #writeEof}, or while {@code sendfile} runs
   */
  public void write(ByteBuffer data) {
    transport.write(data);
    noteUse();
  }

  /**
   * Writes a text as UTF-8. Asyncio has no such method. Never suspends. Loop thread only.
   *
   * @param text the text
   * @throws IllegalStateException for a socket without TLS: after {@link #writeEof}, or while {@code sendfile} runs
   */
  public void write(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes several buffers as one ({@code writelines}). The caller may reuse the memory as after
   * {@link #write(ByteBuffer)} of a buffer of their total size. Never suspends. Loop thread only.
   *
   * @param data the buffers
   * @throws IllegalStateException for a socket without TLS: after {@link #writeEof}, or while {@code sendfile} runs
   */
  public void writelines(List<ByteBuffer> data) {
    transport.writelines(data);
    noteUse();
  }

  /**
   * Waits while more than the high-water mark is buffered ({@code drain}). This is flow control and not a flush: the
   * call returns when the buffer is down to the low-water mark. Suspends unless there is room; it also suspends for a
   * turn if the stream is closing. Loop thread only.
   *
   * @throws IOException if the connection is lost, even by {@link #close}
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public void drain() throws IOException {
    noteUse();
    if (reader != null) {
      reader.checkFailure();
    }
    if (transport.isClosing()) {
      Task.sleep(Duration.ZERO); // gives connectionLost a turn, which the next line depends on
    }
    protocol.drain();
  }

  /**
   * Closes the stream ({@code close}). The transport sends what is buffered in the background; {@link #waitClosed}
   * waits for it. Idempotent. Never suspends. Loop thread only.
   */
  @Override
  public void close() {
    transport.close();
  }

  /**
   * Makes the server leave the connection open when its handler ends, see {@link ClientHandler}. The program must close
   * it then. Has no effect on a client's connection. Asyncio has no such method. Never suspends. Loop thread only.
   */
  public void keepOpen() {
    if (reader != null) {
      reader.keepOpen();
    }
  }

  /**
   * Returns whether the stream is closing or closed ({@code is_closing}). Never suspends. Loop thread only.
   *
   * @return true from {@link #close}, or from the loss of the connection
   */
  public boolean isClosing() {
    return transport.isClosing();
  }

  /**
   * Waits until the connection is lost ({@code wait_closed}). Suspends unless it is. Loop thread only.
   *
   * @throws IOException if an error ended the connection
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public void waitClosed() throws IOException {
    protocol.waitClosed();
  }

  /**
   * Returns whether {@link #writeEof} is possible ({@code can_write_eof}). Never suspends. Loop thread only.
   *
   * @return false for TLS
   */
  public boolean canWriteEof() {
    return transport.canWriteEof();
  }

  /**
   * Closes the sending half once what is buffered is sent ({@code write_eof}). The reader still receives data. A pipe
   * is closed as a whole. Idempotent. Never suspends. Loop thread only.
   *
   * @throws UnsupportedOperationException if {@link #canWriteEof} is false
   */
  public void writeEof() {
    transport.writeEof();
    noteUse();
  }

  /**
   * Encrypts the connection ({@code start_tls}). The call waits until the buffer is down to the low-water mark, then
   * performs the handshake. From then on this reader and writer are encrypted. The side that accepted the connection is
   * the server. Suspends. Loop thread only.
   *
   * <p>The reader must be empty: its bytes came unencrypted, and an attacker may have sent them. A server's reader may
   * have the beginning of the client's handshake, if the client did not wait.
   *
   * @param ssl how to encrypt the connection; for a client with the server's host name, for a server with a context
   * @throws IllegalArgumentException if {@code ssl} of a client has no host name or has {@code clientAuth}, or that of
   *     a server has no context or has a host name
   * @throws javax.net.ssl.SSLException if the reader has bytes that are not a handshake, or the handshake fails; the
   *     connection is closed
   * @throws IOException if the connection is lost
   * @throws UnsupportedOperationException if the writer is on a pipe
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the connection is closed if the handshake
   *     has begun
   * @throws IllegalStateException if the caller is not a task
   */
  public void startTls(SslOptions ssl) throws IOException {
    Objects.requireNonNull(ssl, "ssl");
    drain();
    if (!(transport instanceof Transport plain)
        || !(protocol instanceof StreamReaderProtocol stream)) {
      throw new UnsupportedOperationException("a pipe cannot be encrypted: " + transport);
    }
    transport = stream.startTls(plain, ssl);
  }

  /**
   * Returns this writer as an {@code OutputStream}, for code that blocks. The stream's writes park the calling task
   * while too much is buffered, as {@link #drain} does. Closing the stream closes the writer. Asyncio has no such
   * method. Never suspends. Loop thread only.
   *
   * @return the stream
   */
  public OutputStream asOutputStream() {
    return new WriterOutputStream(this);
  }

  /**
   * Returns a property of the connection ({@code get_extra_info}). Never suspends. Loop thread only.
   *
   * @param key the property
   * @param <T> the type of the value
   * @return the value; null if the connection has none
   */
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return transport.getExtraInfo(Objects.requireNonNull(key, "key"));
  }

  @Override
  public String toString() {
    return "StreamWriter[" + transport + "]";
  }
}
