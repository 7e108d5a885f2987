package dev.weft.selector;

import dev.weft.loop.SendfileNotAvailableException;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/*
 * Natively, by transferTo, which is sendfile(2) from a file to a socket: the bytes never come to the JVM.
 * The file is read on the loop's thread, and the loop stands still while the disk is asked for what the
 * system has not cached. asyncio does the same: to ask on another thread would cost a hop per chunk also
 * when everything is cached, which is what sendfile is for.
 *
 * A chunk at a time, so that a peer that takes everything does not keep the others from their turn.
 */

/** A part of a file on its way out. The file's own position is not used until the end. */
final class FileTransfer {

  /** How much one turn sends at most: more than a socket's buffer has room for when it is told to be writable. */
  static final int CHUNK = 2 * 1024 * 1024;

  /** How much is read at a time where the system cannot send a file by itself. */
  static final int BLOCK = 16 * 1024;

  private final FileChannel file;
  private final long offset;
  private final long count;
  private long sent;

  FileTransfer(FileChannel file, long offset, long count) {
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

  long sent() {
    return sent;
  }

  /** Sends through a transport: natively if it is a plain socket's. Suspends. */
  long send(SelectorEventLoop loop, Transport transport, boolean fallback) throws IOException {
    loop.checkThread("sendfile");
    if (transport.isClosing()) {
      throw new IllegalStateException("transport is closing: " + transport);
    }
    try {
      if (!(transport instanceof SocketTransport socket)) {
        if (!fallback) {
          throw new IllegalStateException("no native sendfile, and no fallback, for " + transport);
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

  private void copy(SelectorEventLoop loop, Transport transport) throws IOException {
    var protocol = new SendfileProtocol(loop, transport);
    try {
      copy(loop, protocol::write);
    } finally {
      protocol.restore();
    }
  }

  /** Where a block goes. */
  interface Sink {
    void take(ByteBuffer block) throws IOException;
  }

  /**
   * Sends a chunk natively.
   *
   * @return whether nothing is left to send
   * @throws SendfileNotAvailableException if it fails before anything was sent
   */
  boolean step(WritableByteChannel target) throws IOException {
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

  /** Sends by reading blocks on the default executor. Suspends. */
  void copy(SelectorEventLoop loop, Sink sink) throws IOException {
    ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK, count));
    while (sent < count) {
      block.clear().limit((int) Math.min(block.capacity(), count - sent));
      int read = loop.runInExecutor(() -> file.read(block, offset + sent)).await();
      if (read < 0) {
        return;
      }
      sink.take(block.flip());
      sent += read;
    }
  }

  /** Sets the file's position behind what was sent; leaves it if nothing was. */
  void setPosition() throws IOException {
    if (sent > 0 && file.isOpen()) {
      file.position(offset + sent);
    }
  }
}
