package dev.weft.io;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a transport's protocol while a file is written to the transport in blocks. It learns when the transport can
 * take more, and passes the calls on to the protocol. Loop thread only.
 */
final class SendfileProtocol implements Protocol {

  private final BaseEventLoop loop;
  private final Transport transport;
  private final BaseProtocol protocol;
  private final boolean resumeReading;
  private @Nullable Future<@Nullable Void> progress; // not null while the task waits for room
  private @Nullable Throwable error; // the error of connectionLost

  SendfileProtocol(BaseEventLoop loop, Transport transport) {
    this.loop = loop;
    this.transport = transport;
    this.protocol = transport.getProtocol();
    this.resumeReading = transport.isReading();
    transport.pauseReading();
    transport.setProtocol(this);
  }

  /** Restores the transport's protocol, and resumes reading if the transport was reading before. */
  void restore() {
    transport.setProtocol(protocol);
    if (resumeReading) {
      transport.resumeReading();
    }
  }

  /** Writes a block when there is room for it. Suspends while there is none. */
  void write(ByteBuffer block) throws IOException {
    // above the high mark the transport has paused its protocol, so it will call resumeWriting
    while (!transport.isClosing()
        && transport.getWriteBufferSize() > transport.getWriteBufferLimits().high()) {
      progress = loop.createFuture();
      try {
        progress.await();
      } finally {
        progress = null;
      }
    }
    if (transport.isClosing()) {
      throw (SocketException)
          new SocketException("connection closed during sendfile").initCause(error);
    }
    transport.write(block);
  }

  private void wake() {
    if (progress != null && !progress.done()) {
      progress.setResult(null);
    }
  }

  @Override
  public void pauseWriting() {
    protocol.pauseWriting();
  }

  @Override
  public void resumeWriting() {
    wake();
    protocol.resumeWriting();
  }

  @Override
  public void connectionLost(@Nullable Throwable error) {
    this.error = error;
    wake();
    protocol.connectionLost(error);
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    throw new IllegalStateException("reading should be paused");
  }

  @Override
  public boolean eofReceived() {
    throw new IllegalStateException("reading should be paused");
  }
}
