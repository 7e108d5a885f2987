package dev.weft.selector;

import dev.weft.loop.EventLoop;
import dev.weft.transport.BufferedProtocol;
import java.nio.ByteBuffer;

/** A protocol that provides its own buffer. */
class BufferedRecorder extends Recording implements BufferedProtocol {

  ByteBuffer buffer;

  BufferedRecorder(EventLoop loop, ByteBuffer buffer) {
    super(loop);
    this.buffer = buffer;
  }

  @Override
  public ByteBuffer getBuffer(int sizeHint) {
    return buffer;
  }

  @Override
  public void bufferUpdated(int nbytes) {
    byte[] bytes = new byte[nbytes];
    buffer.get(buffer.position() - nbytes, bytes);
    received.writeBytes(bytes);
    buffer.clear();
    note("data " + nbytes);
  }

  @Override
  public boolean eofReceived() {
    return ended();
  }
}
