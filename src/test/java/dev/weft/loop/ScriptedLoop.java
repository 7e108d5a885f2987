package dev.weft.loop;

import dev.weft.transport.AddressInfoOptions;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.NameInfo;
import dev.weft.transport.ServerOptions;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A loop whose polls follow a script: what comes in and when time passes is the test's affair. Polls that
 * the script does not foresee bring nothing.
 */
final class ScriptedLoop extends BaseEventLoop {

  /** A clock that moves only when a test moves it. */
  static final class ManualClock implements Clock {
    long now;

    @Override
    public long time() {
      return now;
    }
  }

  final ManualClock clock;
  final List<Long> timeouts = new ArrayList<>();
  final ArrayDeque<Runnable> script = new ArrayDeque<>();
  boolean released;

  ScriptedLoop() {
    this(new ManualClock());
  }

  private ScriptedLoop(ManualClock clock) {
    super(clock);
    this.clock = clock;
  }

  /** What an event for a registered channel does: append a handle. */
  void event(Runnable callback) {
    append(newHandle(callback, new Context()));
  }

  @Override
  protected void poll(long timeout) {
    timeouts.add(timeout);
    Runnable next = script.poll();
    if (next != null) {
      next.run();
    } else if (timeout == Long.MAX_VALUE) {
      throw new AssertionError("the loop would block for ever; polls so far: " + timeouts);
    } else {
      clock.now += timeout;
    }
  }

  @Override
  protected void wakeup() {}

  @Override
  protected void release() {
    released = true;
  }

  @Override
  public List<InetSocketAddress> getaddrinfo(String host, int port, AddressInfoOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public NameInfo getnameinfo(InetSocketAddress sockaddr, NameInfo.Flag... flags) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> ProtocolConnection<P> createConnection(
      Supplier<? extends P> factory, String host, int port, ConnectionOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> ProtocolConnection<P> createConnection(
      Supplier<? extends P> factory, SocketChannel sock) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Server createServer(
      Supplier<? extends BaseProtocol> factory,
      List<String> hosts,
      int port,
      ServerOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Server createServer(
      Supplier<? extends BaseProtocol> factory, ServerSocketChannel sock, ServerOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends DatagramProtocol> DatagramEndpoint<P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends DatagramProtocol> DatagramEndpoint<P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramChannel sock) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> ProtocolConnection<P> createUnixConnection(
      Supplier<? extends P> factory, Path path, ConnectionOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Server createUnixServer(
      Supplier<? extends BaseProtocol> factory, Path path, ServerOptions options) {
    throw new UnsupportedOperationException();
  }
}
