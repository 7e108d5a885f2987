package dev.weft.loop;

import dev.weft.transport.AddressInfoOptions;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Connected;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.Datagram;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import dev.weft.transport.NameInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.ReadTransport;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import dev.weft.transport.SubprocessOptions;
import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteTransport;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A loop whose polls follow a script: the test determines which events arrive and when time passes. Polls that are not
 * in the script return no events.
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

  /** What an event of a registered channel does: it appends a handle. */
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
  public <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, InputStream pipe) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, Pipe.SourceChannel pipe) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, Path pipe) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, OutputStream pipe) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, Pipe.SinkChannel pipe) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, Path pipe) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends SubprocessProtocol> Connected<SubprocessTransport, P> subprocessExec(
      Supplier<? extends P> factory, List<String> command, SubprocessOptions options) {
    throw new UnsupportedOperationException();
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
  public <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, String host, int port, ConnectionOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> createConnection(
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
  public Server createServer(Supplier<? extends BaseProtocol> factory, ServerOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends DatagramProtocol> Connected<DatagramTransport, P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket newSocket() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends DatagramProtocol> Connected<DatagramTransport, P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramChannel sock) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> createUnixConnection(
      Supplier<? extends P> factory, Path path, ConnectionOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Server createUnixServer(
      Supplier<? extends BaseProtocol> factory, Path path, ServerOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void addReader(SelectableChannel channel, Runnable callback) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean removeReader(SelectableChannel channel) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void addWriter(SelectableChannel channel, Runnable callback) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean removeWriter(SelectableChannel channel) {
    throw new UnsupportedOperationException();
  }

  @Override
  public byte[] sockRecv(SocketChannel channel, int n) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int sockRecvInto(SocketChannel channel, ByteBuffer buffer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Datagram sockRecvfrom(DatagramChannel channel, int n) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketAddress sockRecvfromInto(DatagramChannel channel, ByteBuffer buffer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sockSendall(SocketChannel channel, ByteBuffer data) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int sockSendto(DatagramChannel channel, ByteBuffer data, SocketAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sockConnect(SocketChannel channel, SocketAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketChannel sockAccept(ServerSocketChannel channel) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long sockSendfile(
      SocketChannel channel, FileChannel file, long offset, long count, boolean fallback) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long sendfile(
      WriteTransport transport, FileChannel file, long offset, long count, boolean fallback) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ServerSocket newServerSocket() {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, SocketChannel sock, SslOptions ssl) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> connectAcceptedSocket(
      Supplier<? extends P> factory, SocketChannel sock, SslOptions ssl) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Transport startTls(
      Transport transport,
      BaseProtocol protocol,
      SslOptions ssl,
      boolean serverSide,
      ByteBuffer received) {
    throw new UnsupportedOperationException();
  }
}
