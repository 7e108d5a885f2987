package dev.weft.io;

import dev.weft.loop.BaseEventLoop;
import dev.weft.transport.SendfileNotAvailableException;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/*
 * From a file to a socket, transferTo is sendfile(2), which does not copy the bytes into the JVM. The loop's thread
 * makes the call, so the loop blocks while the disk reads data that the system has not cached. asyncio does the same.
 * On another thread, each chunk would cost two thread switches even if the data is cached, which is the usual case for
 * sendfile.
 *
 * Each turn sends one chunk, so a fast peer does not delay the other connections.
 */

/** Sends a part of a file to a socket or a transport. Sets the file's position only at the end. */
public final class FileTransfer {

  /** The largest number of bytes that one turn sends: more than a socket's buffer takes when it becomes writable. */
  public static final int CHUNK = 2 * 1024 * 1024;

  /** The number of bytes that are read at a time when native sendfile is not possible. */
  public static final int BLOCK = 16 * 1024;

  private final FileChannel file;
  private final long offset;
  private final long count;
  private long sent;

  /**
   * Creates a transfer of a part of a file.
   *
   * @param file the file
   * @param offset the position of the first byte
   * @param count the largest number of bytes; fewer if the file ends before
   */
  public FileTransfer(FileChannel file, long offset, long count) {
    this.file = Objects.requireNonNull(file, "file");
    if (offset < 0) {
      throw new IllegalArgumentException("offset must not be negative: " + offset);
    }
    if (count <= 0) {
      throw new IllegalArgumentException("count must be positive: " + count);
    }
    this.offset = offset;
    this.count = count;
  }

  /**
   * Returns how much is sent.
   *
   * @return the number of bytes
   */
  public long sent() {
    return sent;
  }

  /**
   * Sends through a transport; natively if it is the transport of a socket without TLS. Suspends.
   *
   * @param loop the loop of the transport
   * @param transport the transport
   * @param fallback whether to write blocks where sendfile is not possible
   * @return the number of bytes
   * @throws SendfileNotAvailableException if sendfile is not possible and {@code fallback} is false
   * @throws IOException if the file or the connection fails
   */
  public long send(BaseEventLoop loop, Transport transport, boolean fallback) throws IOException {
    loop.checkOnLoop("sendfile");
    if (transport.isClosing()) {
      throw new IllegalStateException("transport is closing: " + transport);
    }
    try {
      if (!(transport instanceof SocketTransport socket)) {
        if (!fallback) {
          throw new IllegalStateException(
              "native sendfile is not possible and fallback is false: " + transport);
        }
        copy(loop, transport);
        return sent;
      }
      try {
        socket.send(this);
      } catch (SendfileNotAvailableException e) {
        if (!fallback) {
          throw e;
        }
        copy(loop, transport);
      }
      return sent;
    } finally {
      setPosition();
    }
  }

  private void copy(BaseEventLoop loop, Transport transport) throws IOException {
    var protocol = new SendfileProtocol(loop, transport);
    try {
      copy(loop, protocol::write);
    } finally {
      protocol.restore();
    }
  }

  /** Writes the blocks of {@link #copy}. */
  public interface Target {
    /**
     * Writes a block. May suspend.
     *
     * @param block the bytes, which change after the call
     * @throws IOException if the connection fails
     */
    void take(ByteBuffer block) throws IOException;
  }

  /**
   * Sends a chunk natively.
   *
   * @param target the channel of a socket
   * @return whether all bytes are sent
   * @throws SendfileNotAvailableException if it fails before any byte is sent
   * @throws IOException if it fails later
   */
  public boolean step(WritableByteChannel target) throws IOException {
    try {
      sent += file.transferTo(offset + sent, Math.min(count - sent, CHUNK), target);
      return sent == count || offset + sent >= file.size();
    } catch (ClosedChannelException closed) {
      throw closed;
    } catch (IOException | UnsupportedOperationException e) {
      if (sent == 0) {
        throw new SendfileNotAvailableException("cannot send " + file + " natively", e);
      }
      throw e;
    }
  }

  /**
   * Reads blocks on the default executor and passes them to {@code target}. Suspends.
   *
   * @param loop the loop whose executor reads
   * @param target gets the blocks
   * @throws IOException if the file or the connection fails
   */
  public void copy(BaseEventLoop loop, Target target) throws IOException {
    ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK, count));
    while (sent < count) {
      block.clear().limit((int) Math.min(block.capacity(), count - sent));
      int read = loop.runInExecutor(() -> file.read(block, offset + sent)).await();
      if (read < 0) {
        return;
      }
      target.take(block.flip());
      sent += read;
    }
  }

  /**
   * Sets the file's position to the end of the sent part. Leaves it if no byte was sent.
   *
   * @throws IOException if the file fails
   */
  public void setPosition() throws IOException {
    if (sent > 0 && file.isOpen()) {
      file.position(offset + sent);
    }
  }
}
