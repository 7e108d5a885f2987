package dev.weft.selector;

import dev.weft.carrier.Descriptors;
import dev.weft.io.FileTransfer;
import dev.weft.log.Log;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Clock;
import dev.weft.loop.Context;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Handle;
import dev.weft.loop.Server;
import dev.weft.tls.StartTls;
import dev.weft.tls.TlsBuffers;
import dev.weft.tls.TlsSettings;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The event loop: {@link BaseEventLoop} with I/O by a selector. Its methods check their arguments, and the other
 * classes of this package do the work.
 */
public final class SelectorEventLoop extends BaseEventLoop {

  final SelectorPoller poller = new SelectorPoller(this);
  final IoBuffers buffers = new IoBuffers();

  // loop thread only
  private @Nullable RawSockets sockets; // null until the program uses one
  private @Nullable TlsBuffers tlsBuffers; // null until TLS is used
  private boolean pumpedPipes;
  private boolean startedByJdk;

  /**
   * Creates a loop.
   *
   * @param clock the clock for the loop's time
   */
  public SelectorEventLoop(Clock clock) {
    super(clock);
    whenCollected(poller.unclosed());
  }

  @Override
  protected void poll(long timeout) {
    if (sockets != null) {
      sockets.detachIdle();
    }
    poller.poll(timeout);
  }

  @Override
  protected void wakeup() {
    poller.wakeup();
  }

  @Override
  protected void release() {
    poller.release();
  }

  // ---- for this package

  /** Returns whether a callback that is queued now would run in its turn. */
  boolean runsCallbacks() {
    return canRunCallbacks();
  }

  /** Returns whether the next turn would only return to the channel whose callback is running. */
  boolean wouldComeBack() {
    return poller.foundOneAtMost() && wouldOnlyPoll();
  }

  void enqueue(Handle handle) {
    append(handle);
  }

  Handle handle(Runnable callback, Context context) {
    return newHandle(callback, context);
  }

  /** Returns whether the selector watches the pipes of children. If not, threads move their bytes. */
  boolean hasSelectablePipes() {
    return !pumpedPipes && Descriptors.isAvailable();
  }

  /** Makes threads move the bytes of children's pipes. For tests. */
  void pumpPipes() {
    pumpedPipes = true;
  }

  /** Returns whether children are started without the JDK where possible. */
  boolean startsDirectly() {
    return !startedByJdk;
  }

  /** Makes the JDK start the children. For tests. */
  void startByJdk() {
    startedByJdk = true;
  }

  static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      Logs.LOOP.debug("closing {} failed", channel, e);
    }
  }

  /** The logger, in a class of its own, so that a program that does not log does not load SLF4J. */
  static final class Logs {
    static final Logger LOOP = Log.of(EventLoop.class);
  }

  private RawSockets sockets() {
    if (sockets == null) {
      sockets = new RawSockets(this);
    }
    return sockets;
  }

  TlsBuffers tlsBuffers() {
    if (tlsBuffers == null) {
      tlsBuffers = new TlsBuffers();
    }
    return tlsBuffers;
  }

  // ---- names

  @Override
  public List<InetSocketAddress> getaddrinfo(String host, int port, AddressInfoOptions options)
      throws IOException {
    Objects.requireNonNull(options, "options");
    Names.checkPort(port, 0);
    checkOnLoop("getaddrinfo");
    if (options.numericHost()) {
      Names.checkLiteral(host);
    }
    return Names.resolve(this, host, port, options.family());
  }

  @Override
  public NameInfo getnameinfo(InetSocketAddress sockaddr, NameInfo.Flag... flags)
      throws UnknownHostException {
    if (sockaddr.isUnresolved()) {
      throw new IllegalArgumentException("sockaddr has no address: " + sockaddr);
    }
    Set<NameInfo.Flag> all = Set.copyOf(Arrays.asList(flags));
    checkOnLoop("getnameinfo");
    String host = Names.nameOf(this, sockaddr.getAddress(), all);
    return new NameInfo(host, Integer.toString(sockaddr.getPort()));
  }

  // ---- readiness, raw sockets, files

  @Override
  public void addReader(SelectableChannel channel, Runnable callback) {
    sockets().add(Readiness.READING, channel, callback);
  }

  @Override
  public boolean removeReader(SelectableChannel channel) {
    return sockets().remove(Readiness.READING, channel);
  }

  @Override
  public void addWriter(SelectableChannel channel, Runnable callback) {
    sockets().add(Readiness.WRITING, channel, callback);
  }

  @Override
  public boolean removeWriter(SelectableChannel channel) {
    return sockets().remove(Readiness.WRITING, channel);
  }

  @Override
  public byte[] sockRecv(SocketChannel channel, int n) throws IOException {
    return sockets().receive(channel, n);
  }

  @Override
  public int sockRecvInto(SocketChannel channel, ByteBuffer buffer) throws IOException {
    return sockets().receive(channel, buffer);
  }

  @Override
  public Datagram sockRecvfrom(DatagramChannel channel, int n) throws IOException {
    return sockets().receive(channel, n);
  }

  @Override
  public SocketAddress sockRecvfromInto(DatagramChannel channel, ByteBuffer buffer)
      throws IOException {
    return sockets().receive(channel, buffer);
  }

  @Override
  public void sockSendall(SocketChannel channel, ByteBuffer data) throws IOException {
    sockets().send(channel, data);
  }

  @Override
  public int sockSendto(DatagramChannel channel, ByteBuffer data, SocketAddress address)
      throws IOException {
    return sockets().send(channel, data, address);
  }

  @Override
  public void sockConnect(SocketChannel channel, SocketAddress address) throws IOException {
    sockets().connect(channel, address);
  }

  @Override
  public SocketChannel sockAccept(ServerSocketChannel channel) throws IOException {
    return sockets().accept(channel);
  }

  @Override
  public long sockSendfile(
      SocketChannel channel, FileChannel file, long offset, long count, boolean fallback)
      throws IOException {
    return sockets().send(channel, new FileTransfer(file, offset, count), fallback);
  }

  @Override
  public long sendfile(
      WriteTransport transport, FileChannel file, long offset, long count, boolean fallback)
      throws IOException {
    Objects.requireNonNull(transport, "transport");
    if (!(transport instanceof Transport duplex)) {
      throw new IllegalStateException("sendfile is not supported for transport " + transport);
    }
    return new FileTransfer(file, offset, count).send(this, duplex, fallback);
  }

  // ---- pipes and processes

  @Override
  public <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, Pipe.SourceChannel pipe) throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(pipe, "pipe");
    checkOnLoop("connectReadPipe");
    return Pipes.read(this, factory, pipe);
  }

  @Override
  public <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, Path pipe) throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(pipe, "pipe");
    checkOnLoop("connectReadPipe");
    return Pipes.read(this, factory, pipe);
  }

  @Override
  public <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, InputStream pipe) throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(pipe, "pipe");
    checkOnLoop("connectReadPipe");
    return Pipes.read(this, factory, pipe);
  }

  @Override
  public <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, Pipe.SinkChannel pipe) throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(pipe, "pipe");
    checkOnLoop("connectWritePipe");
    return Pipes.write(this, factory, pipe);
  }

  @Override
  public <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, Path pipe) throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(pipe, "pipe");
    checkOnLoop("connectWritePipe");
    return Pipes.write(this, factory, pipe);
  }

  @Override
  public <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, OutputStream pipe) throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(pipe, "pipe");
    checkOnLoop("connectWritePipe");
    return Pipes.write(this, factory, pipe);
  }

  @Override
  public <P extends SubprocessProtocol> Connected<SubprocessTransport, P> subprocessExec(
      Supplier<? extends P> factory, List<String> command, SubprocessOptions options)
      throws IOException {
    Objects.requireNonNull(factory, "factory");
    if (List.copyOf(command).isEmpty()) {
      throw new IllegalArgumentException("command must not be empty");
    }
    Objects.requireNonNull(options, "options");
    if (options.newSession()) {
      Sessions.check();
    }
    checkOnLoop("subprocessExec");
    return Children.start(this, factory, List.copyOf(command), options);
  }

  // ---- network

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, String host, int port, ConnectionOptions options)
      throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(options, "options");
    Names.checkPort(port, 1);
    checkOnLoop("createConnection");
    TlsSettings tls = clientTls(options.ssl(), host, port);
    List<InetSocketAddress> remote = Names.resolve(this, host, port, options.family());
    List<InetSocketAddress> local = options.localAddr().isEmpty()
        ? List.of()
        : Names.resolve(this, options.localAddr().get());
    return Adoption.connect(this, factory, Connector.connect(this, remote, local, options), tls);
  }

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, SocketChannel sock) throws IOException {
    Objects.requireNonNull(factory, "factory");
    checkConnected(sock);
    checkOnLoop("createConnection");
    return Adoption.connectUnused(this, factory, sock, null);
  }

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, SocketChannel sock, SslOptions ssl) throws IOException {
    Objects.requireNonNull(factory, "factory");
    checkConnected(sock);
    Objects.requireNonNull(ssl, "ssl");
    checkOnLoop("createConnection");
    return Adoption.connectUnused(this, factory, sock, TlsSettings.forClient(this, ssl, "", -1));
  }

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> connectAcceptedSocket(
      Supplier<? extends P> factory, SocketChannel sock, SslOptions ssl) throws IOException {
    Objects.requireNonNull(factory, "factory");
    checkConnected(sock);
    Objects.requireNonNull(ssl, "ssl");
    checkOnLoop("connectAcceptedSocket");
    return Adoption.connectUnused(this, factory, sock, TlsSettings.forServer(ssl));
  }

  private static void checkConnected(SocketChannel sock) {
    if (!Objects.requireNonNull(sock, "sock").isConnected()) {
      throw new IllegalArgumentException("sock is not connected: " + sock);
    }
  }

  @Override
  public Server createServer(
      Supplier<? extends BaseProtocol> factory, List<String> hosts, int port, ServerOptions options)
      throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(options, "options");
    Names.checkPort(port, 0);
    checkOnLoop("createServer");
    options.ssl().ifPresent(TlsSettings::forServer); // throws before a socket is bound
    var addresses = Names.resolveForServer(this, hosts, port, options.family());
    return SelectorServer.open(this, factory, Listener.bindAll(addresses, options), options);
  }

  @Override
  public Server createServer(
      Supplier<? extends BaseProtocol> factory, ServerSocketChannel sock, ServerOptions options)
      throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(options, "options");
    if (Objects.requireNonNull(sock, "sock").getLocalAddress() == null) {
      throw new IllegalArgumentException("sock is not bound: " + sock);
    }
    checkOnLoop("createServer");
    checkUnused(sock);
    sock.configureBlocking(false);
    return SelectorServer.open(this, factory, List.of(sock), options);
  }

  @Override
  public Server createServer(Supplier<? extends BaseProtocol> factory, ServerOptions options) {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(options, "options");
    checkOnLoop("createServer");
    return SelectorServer.withoutSockets(this, factory, options);
  }

  /** Throws if a channel that the user supplies is in use. */
  void checkUnused(SelectableChannel sock) {
    if (sock.isRegistered()) {
      SelectionKey key = poller.keyOf(sock);
      if (key != null && key.attachment() instanceof Readiness readiness && readiness.isIdle()) {
        return; // the next poll deregisters it
      }
      throw new IllegalStateException(
          sock + " is in use by " + (key == null ? "another selector" : key.attachment()));
    }
  }

  // ---- datagrams

  @Override
  public <P extends DatagramProtocol> Connected<DatagramTransport, P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramOptions options) throws IOException {
    Objects.requireNonNull(factory, "factory");
    if (options.localAddr().isEmpty()
        && options.remoteAddr().isEmpty()
        && options.family().isEmpty()) {
      throw new IllegalArgumentException("options must have an address or a family: " + options);
    }
    checkOnLoop("createDatagramEndpoint");
    UdpSockets.Opened opened = UdpSockets.open(this, options);
    return Adoption.datagrams(this, factory, opened.channel(), opened.target());
  }

  @Override
  public <P extends DatagramProtocol> Connected<DatagramTransport, P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramChannel sock) throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(sock, "sock");
    checkOnLoop("createDatagramEndpoint");
    return Adoption.datagramsUnused(this, factory, sock);
  }

  // ---- Unix sockets

  @Override
  public <P extends BaseProtocol> Connected<Transport, P> createUnixConnection(
      Supplier<? extends P> factory, Path path, ConnectionOptions options) throws IOException {
    Objects.requireNonNull(factory, "factory");
    UnixDomainSocketAddress address = UnixSockets.address(path);
    if (options.localAddr().isPresent() || options.family().isPresent()) {
      throw new IllegalArgumentException("localAddr and family are for TCP: " + options);
    }
    checkOnLoop("createUnixConnection");
    TlsSettings tls = clientTls(options.ssl(), "", -1);
    return Adoption.connect(this, factory, UnixSockets.connect(address), tls);
  }

  @Override
  public Server createUnixServer(
      Supplier<? extends BaseProtocol> factory, Path path, ServerOptions options)
      throws IOException {
    Objects.requireNonNull(factory, "factory");
    UnixDomainSocketAddress address = UnixSockets.address(path);
    if (options.reusePort() || options.keepAlive() || options.family().isPresent()) {
      throw new IllegalArgumentException("reusePort, keepAlive and family are for TCP: " + options);
    }
    checkOnLoop("createUnixServer");
    options.ssl().ifPresent(TlsSettings::forServer); // throws before a socket is bound
    var channels = List.of(UnixSockets.listen(address, options.backlog()));
    return SelectorServer.open(this, factory, channels, options);
  }

  // ---- sockets for blocking code

  @Override
  public Socket newSocket() throws SocketException {
    return LoopSocketImpl.newSocket(this);
  }

  @Override
  public ServerSocket newServerSocket() {
    return LoopServerSocketImpl.newSocket(this);
  }

  // ---- TLS

  private @Nullable TlsSettings clientTls(Optional<SslOptions> ssl, String host, int port) {
    return ssl.isEmpty() ? null : TlsSettings.forClient(this, ssl.get(), host, port);
  }

  @Override
  public Transport startTls(
      Transport transport,
      BaseProtocol protocol,
      SslOptions ssl,
      boolean serverSide,
      ByteBuffer received)
      throws IOException {
    Objects.requireNonNull(transport, "transport");
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(ssl, "ssl");
    Objects.requireNonNull(received, "received");
    checkOnLoop("startTls");
    boolean reading = transport.isReading();
    transport.pauseReading(); // the peer's next bytes may be encrypted
    TlsSettings tls;
    try {
      tls = serverSide ? TlsSettings.forServer(ssl) : TlsSettings.forClient(this, ssl, "", -1);
    } catch (Throwable error) {
      if (reading) {
        transport.resumeReading();
      }
      throw error;
    }
    return StartTls.start(this, tlsBuffers(), tls, transport, protocol, received);
  }
}
