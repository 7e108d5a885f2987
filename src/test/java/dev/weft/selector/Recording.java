package dev.weft.selector;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** The events that a protocol got, in order, and ways to wait for them. */
abstract class Recording implements BaseProtocol {

  final EventLoop loop;
  final List<String> events = new ArrayList<>();
  final ByteArrayOutputStream received = new ByteArrayOutputStream();
  final Future<Void> eof;
  final Future<Throwable> lost;
  Transport transport;
  boolean keepOpen; // the return value of eofReceived
  private Future<Void> progress;

  Recording(EventLoop loop) {
    this.loop = loop;
    this.eof = loop.createFuture();
    this.lost = loop.createFuture();
    this.progress = loop.createFuture();
  }

  void note(String event) {
    events.add(event);
    Future<Void> before = progress;
    progress = loop.createFuture();
    before.setResult(null);
  }

  /** Waits until that number of bytes has arrived. */
  void awaitBytes(int count) {
    while (received.size() < count) {
      progress.await();
    }
  }

  /** Waits for an event of this name. */
  void awaitEvent(String event) {
    while (!events.contains(event)) {
      progress.await();
    }
  }

  String text() {
    return received.toString(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public void connectionMade(BaseTransport base) {
    transport = (Transport) base;
    note("made");
  }

  boolean ended() {
    note("eof");
    if (!eof.done()) {
      eof.setResult(null);
    }
    return keepOpen;
  }

  @Override
  public void pauseWriting() {
    note("pause");
  }

  @Override
  public void resumeWriting() {
    note("resume");
  }

  @Override
  public void connectionLost(Throwable error) {
    note(error == null ? "lost" : "lost " + error.getClass().getSimpleName());
    lost.setResult(error);
  }
}
