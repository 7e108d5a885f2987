package dev.weft.selector;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The events that a datagram protocol got, in order, and ways to wait for them. */
class DatagramRecorder implements DatagramProtocol {

  final EventLoop loop;
  final List<String> events = new ArrayList<>();
  final List<SocketAddress> senders = new ArrayList<>();
  final Future<Throwable> lost;
  DatagramTransport transport;
  private Future<Void> progress;

  DatagramRecorder(EventLoop loop) {
    this.loop = loop;
    this.lost = loop.createFuture();
    this.progress = loop.createFuture();
  }

  private void note(String event) {
    events.add(event);
    Future<Void> before = progress;
    progress = loop.createFuture();
    before.setResult(null);
  }

  /** Waits for that number of events, "made" included. */
  void awaitEvents(int count) {
    while (events.size() < count) {
      progress.await();
    }
  }

  void send(String text) {
    transport.sendto(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  SocketAddress address() {
    return (SocketAddress) transport.getExtraInfo("sockname", null);
  }

  @Override
  public void connectionMade(BaseTransport base) {
    transport = (DatagramTransport) base;
    note("made");
  }

  @Override
  public void datagramReceived(ByteBuffer data, SocketAddress addr) {
    senders.add(addr);
    note(UTF_8.decode(data).toString());
  }

  @Override
  public void errorReceived(IOException error) {
    note(error instanceof PortUnreachableException ? "unreachable" : "error");
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
