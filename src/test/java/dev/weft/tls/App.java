package dev.weft.tls;

import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An application's protocol that notes its events, and can run an action then. */
class App implements Protocol {

  final List<String> events = new ArrayList<>();
  final ByteArrayOutputStream received = new ByteArrayOutputStream();
  Transport transport;
  Throwable error;
  boolean keepOpen;
  Runnable onMade = () -> {};
  Runnable onData = () -> {};
  Runnable onEnd = () -> {};
  Runnable onLost = () -> {};
  Runnable onPause = () -> {};

  @Override
  public void connectionMade(BaseTransport base) {
    transport = (Transport) base;
    events.add("made");
    onMade.run();
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    received.writeBytes(bytes);
    events.add("data " + bytes.length);
    onData.run();
  }

  @Override
  public boolean eofReceived() {
    events.add("eof");
    onEnd.run();
    return keepOpen;
  }

  @Override
  public void pauseWriting() {
    events.add("pause");
    onPause.run();
  }

  @Override
  public void resumeWriting() {
    events.add("resume");
  }

  @Override
  public void connectionLost(Throwable error) {
    this.error = error;
    events.add(error == null ? "lost" : "lost " + error.getClass().getSimpleName());
    onLost.run();
  }

  String text() {
    return received.toString(StandardCharsets.UTF_8);
  }
}
