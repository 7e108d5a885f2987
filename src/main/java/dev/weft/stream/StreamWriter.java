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
 * The sending side of a stream: asyncio's {@code StreamWriter}. Belongs to its loop's thread.
 *
 * <pre>{@code
 * writer.write("hello\n");
 * writer.drain(); // waits while too much is buffered
 * }</pre>
 *
 * <p>Writing never parks; {@link #drain} does while too much is buffered. A task that writes much must
 * call it, or memory grows.
 */
public final class StreamWriter implements AutoCloseable {

  private WriteTransport transport;
  private final FlowControl protocol;
  private final @Nullable StreamReader reader; // null if nothing is read
  private @Nullable Custody custody; // null if the connection's end is the program's

  StreamWriter(Transport transport, StreamReaderProtocol protocol, StreamReader reader) {
    this.transport = transport;
    this.protocol = protocol;
    this.reader = reader;
  }

  /**
   * A writer on a pipe, which {@link dev.weft.loop.EventLoop#connectWritePipe} has connected.
   *
   * @param transport what is written to
   * @param protocol its protocol
   */
  public StreamWriter(WriteTransport transport, FlowControl protocol) {
    this.transport = Objects.requireNonNull(transport, "transport");
    this.protocol = Objects.requireNonNull(protocol, "protocol");
    this.reader = null;
  }

  void setCustody(Custody custody) {
    this.custody = custody;
  }

  /** Whether a task waits for room. */
  boolean isAwaited() {
    return protocol.isAwaited();
  }

  private void noteUse() {
    if (custody != null) {
      custody.use();
    }
  }

  /** The transport that is written to ({@code transport}). */
  public WriteTransport transport() {
    return transport;
  }

  /**
   * Writes bytes ({@code write}). The array is the caller's again when the call returns, unless more than 1 MiB of it is
   * unsent and the buffer is above its high-water mark: then it is the caller's again when {@link #drain} or {@link
   * #waitClosed} returns. Never suspends.
   */
  public void write(byte[] data) {
    transport.write(data);
    noteUse();
  }

  /**
   * Writes what remains in a buffer ({@code write}). The buffer is the caller's again when the call returns, unless more
   * than 1 MiB of it is unsent and the writer is above its high-water mark: then it is the caller's again when {@link
   * #drain} or {@link #waitClosed} returns. Never suspends.
   */
  public void write(ByteBuffer data) {
    transport.write(data);
    noteUse();
  }

  /** Writes a text as UTF-8. Never suspends. */
  public void write(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes several buffers as one ({@code writelines}). The memory is the caller's again as after {@link
   * #write(ByteBuffer)} of a buffer of their total size. Never suspends.
   */
  public void writelines(List<ByteBuffer> data) {
    transport.writelines(data);
    noteUse();
  }

  /**
   * Waits while the transport has more buffered than it should ({@code drain}). This is flow control and
   * no flush: it returns once the buffer is down to the low mark. Suspends, unless there is room.
   *
   * @throws IOException if the connection is lost
   */
  public void drain() throws IOException {
    noteUse();
    if (reader != null) {
      reader.checkFailure();
    }
    if (transport.isClosing()) {
      Task.sleep(Duration.ZERO); // lets connectionLost come, which is what the next line looks at
    }
    protocol.drain();
  }

  /**
   * Closes the stream ({@code close}): flushes what is buffered in the background. Idempotent. Never
   * suspends; see {@link #waitClosed}.
   */
  @Override
  public void close() {
    transport.close();
  }

  /**
   * Has a server leave the connection open when its handler ends, whoever uses it and when: see {@link ClientHandler}.
   * The program must close it then. A client's connection stays open anyway. No equivalent in asyncio. Never suspends.
   */
  public void keepOpen() {
    if (custody != null) {
      custody.release();
    }
  }

  /** Whether the stream is closing or closed ({@code is_closing}). */
  public boolean isClosing() {
    return transport.isClosing();
  }

  /**
   * Waits until the connection is lost ({@code wait_closed}). Suspends.
   *
   * @throws IOException the error by which it was lost, if it was
   */
  public void waitClosed() throws IOException {
    protocol.waitClosed();
  }

  /** Whether {@link #writeEof} is possible ({@code can_write_eof}). */
  public boolean canWriteEof() {
    return transport.canWriteEof();
  }

  /** Closes the sending half after what is buffered ({@code write_eof}). Never suspends. */
  public void writeEof() {
    transport.writeEof();
    noteUse();
  }

  /**
   * Goes on encrypted ({@code start_tls}): flushes to the low mark, makes the handshake, and from then on the
   * same reader and writer are TLS's. The side that has accepted the connection is the server. Suspends.
   *
   * <p>The reader must be empty: what it has came in the clear, and an attacker on the way may have put it there. A server's
   * reader may have the beginning of the client's handshake, if the client did not wait.
   *
   * @param ssl a client's must say the server's name, a server's has a context
   * @throws IllegalArgumentException if {@code ssl} lacks what it must have
   * @throws javax.net.ssl.SSLException if the reader has bytes that are no handshake, or the handshake fails; the
   *     connection is closed
   * @throws IOException if the connection is lost
   */
  public void startTls(SslOptions ssl) throws IOException {
    Objects.requireNonNull(ssl, "ssl");
    drain();
    if (!(transport instanceof Transport plain)
        || !(protocol instanceof StreamReaderProtocol stream)) {
      throw new UnsupportedOperationException("a pipe cannot go on encrypted: " + transport);
    }
    transport = stream.startTls(plain, ssl);
  }

  /**
   * This writer as an {@code OutputStream}, for code that blocks: its writes park the calling task while
   * too much is buffered, as {@link #drain} does. Closing it closes the writer. Never suspends itself.
   */
  public OutputStream asOutputStream() {
    return new WriterOutputStream(this);
  }

  /**
   * What is known about the connection ({@code get_extra_info}).
   *
   * @return the value; null if there is none
   */
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return transport.getExtraInfo(Objects.requireNonNull(key, "key"));
  }

  @Override
  public String toString() {
    return "StreamWriter[" + transport + "]";
  }
}
