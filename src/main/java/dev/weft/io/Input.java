package dev.weft.io;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.Protocol;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/*
 * Interest in input stays registered while the connection reads, so a message costs no system call but the read. Each
 * readiness leads to one read. A Protocol gets bytes of its own. The read fills the buffer of a BufferedProtocol
 * directly.
 *
 * A read may park, and so may the protocol. Meanwhile other code may pause, close or abort. So the state is asked again
 * after each call.
 */

/** The reading half of a stream connection: waiting for {@code connectionMade}, reading, paused, or ended. */
final class Input {

  private final Connection owner;
  private final Source source;
  private @Nullable Protocol streamed; // the protocol, if it is one
  private @Nullable BufferedProtocol buffered; // the protocol, if it is one
  private boolean started;
  private boolean paused;
  private boolean ended;

  Input(Connection owner, Source source) {
    this.owner = owner;
    this.source = source;
  }

  /** Sets the protocol that gets the data. A {@code BufferedProtocol} needs a {@link StreamSocket}. */
  void setProtocol(BaseProtocol protocol) {
    streamed = protocol instanceof Protocol p ? p : null;
    buffered = protocol instanceof BufferedProtocol p ? p : null;
    // the new protocol must get the end of data, too: otherwise a TLS handshake would not end
    if (ended && owner.isOpen()) {
      ended = false;
      update();
    }
  }

  void start() {
    started = true;
    update();
  }

  /** Watches the source, or stops to watch it, as the state requires. */
  void update() {
    source.watchInput(isWanted());
  }

  private boolean isWanted() {
    return started && !paused && !ended && owner.isOpen();
  }

  boolean isReading() {
    return owner.isOpen() && !paused;
  }

  void pause() {
    owner.loop.checkOnLoop("pauseReading");
    if (isReading()) {
      paused = true;
      update();
      owner.logInDebug("{} pauses reading");
    }
  }

  void resume() {
    owner.loop.checkOnLoop("resumeReading");
    if (paused && owner.isOpen()) {
      paused = false;
      update();
      owner.logInDebug("{} resumes reading");
    }
  }

  /** Reads once. */
  void readable() {
    if (!isWanted()) {
      return; // reading has been paused or closed after the poll
    }
    if (buffered != null) {
      readIntoProtocol(buffered);
    } else {
      readChunk();
    }
  }

  @SuppressWarnings("NullAway") // streamed is the protocol
  private void readChunk() {
    Protocol receiver = streamed;
    byte[] data;
    try {
      data = source.read();
    } catch (Throwable error) {
      owner.readFailed(error);
      return;
    }
    if (data == null || !owner.isOpen()) {
      return; // no data, or closed while the read was parked
    }
    if (data.length == 0) {
      ended = true;
      owner.inputEnded();
      return;
    }
    try {
      receiver.dataReceived(ByteBuffer.wrap(data));
    } catch (Throwable error) {
      owner.protocolFailed(error, "dataReceived");
    }
  }

  private void readIntoProtocol(BufferedProtocol receiver) {
    ByteBuffer buffer;
    try {
      buffer = receiver.getBuffer(-1);
      if (!buffer.hasRemaining()) {
        throw new IllegalStateException("getBuffer() returned an empty buffer");
      }
      if (buffer.isReadOnly()) {
        throw new IllegalStateException("getBuffer() returned a read-only buffer");
      }
    } catch (Throwable error) {
      owner.protocolFailed(error, "getBuffer");
      return;
    }
    if (!isWanted() || receiver != buffered) {
      return; // getBuffer has paused, closed or replaced the protocol; the data stays in the system
    }
    int count = read(buffer);
    if (count > 0) {
      try {
        receiver.bufferUpdated(count);
      } catch (Throwable error) {
        owner.protocolFailed(error, "bufferUpdated");
      }
    } else if (receiver instanceof Layer layer) {
      layer.nothingRead();
    }
  }

  /** Reads once. Returns the number of bytes for the protocol; 0 if there are none, also after the end or an error. */
  private int read(ByteBuffer buffer) {
    int count;
    try {
      count = ((StreamSocket) source).read(buffer);
    } catch (Throwable error) {
      owner.readFailed(error);
      return 0;
    }
    if (!owner.isOpen()) {
      return 0; // closed while the read was parked
    }
    if (count < 0) {
      ended = true;
      owner.inputEnded();
      return 0;
    }
    return count;
  }

  /** Tells the protocol that there is no more data. Returns whether it wants the connection to stay open. */
  @SuppressWarnings("NullAway") // one of the two is the protocol
  boolean tellEnd() {
    return buffered != null ? buffered.eofReceived() : streamed.eofReceived();
  }

  boolean isWatched() {
    return isWanted();
  }

  /** Returns the state for {@code toString}. */
  String state() {
    return paused ? ", paused" : ", reading";
  }
}
