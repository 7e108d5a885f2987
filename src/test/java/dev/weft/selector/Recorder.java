package dev.weft.selector;

import dev.weft.loop.EventLoop;
import dev.weft.transport.Protocol;
import java.nio.ByteBuffer;

/** A protocol that gets its data in chunks. */
class Recorder extends Recording implements Protocol {

  Recorder(EventLoop loop) {
    super(loop);
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    received.writeBytes(bytes);
    note("data");
  }

  @Override
  public boolean eofReceived() {
    return ended();
  }
}
