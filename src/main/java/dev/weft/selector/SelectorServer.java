package dev.weft.selector;

import dev.weft.io.Layer;
import dev.weft.io.SocketTransport;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Context;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.loop.TimerHandle;
import dev.weft.tls.TlsSettings;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.Transport;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server of stream connections on one or several listening sockets. Loop thread only. */
final class SelectorServer implements Server, SocketTransport.Group, Releasable {

  /** The pause of a listening socket after a failed accept: asyncio's ACCEPT_RETRY_DELAY. */
  static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final SelectorEventLoop loop;
  private final Supplier<? extends BaseProtocol> factory;
  private final ServerOptions options;
  private final @Nullable TlsSettings tls; // null for plain connections
  private final Accept accept;
  private final Context context = Context.copyContext();
  private final List<Acceptor> acceptors = new ArrayList<>();
  private final Set<SocketTransport> connections = new LinkedHashSet<>();
  private final List<Future<@Nullable Void>> closedWaiters = new ArrayList<>();
  private List<SelectorServer> servers = List.of(this); // they get the accepted connections in turn
  private int next;
  private final Queue<SocketChannel> handed = new ConcurrentLinkedQueue<>(); // from other loops
  private boolean serving;
  private boolean closed;
  private @Nullable Future<@Nullable Void> forever;

  SelectorServer(
      SelectorEventLoop loop,
      Supplier<? extends BaseProtocol> factory,
      List<ServerSocketChannel> channels,
      ServerOptions options) {
    this(loop, factory, channels, options, ServerSocketChannel::accept);
  }

  SelectorServer(
      SelectorEventLoop loop,
      Supplier<? extends BaseProtocol> factory,
      List<ServerSocketChannel> channels,
      ServerOptions options,
      Accept accept) {
    this.loop = loop;
    this.factory = factory;
    this.options = options;
    this.tls = options.ssl().map(TlsSettings::forServer).orElse(null);
    this.accept = accept;
    channels.forEach(channel -> acceptors.add(new Acceptor(channel)));
  }

  /**
   * Returns a server on listening channels in non-blocking mode. Closes the channels if it fails. Suspends if the
   * options say to serve at once.
   */
  static Server open(
      SelectorEventLoop loop,
      Supplier<? extends BaseProtocol> factory,
      List<ServerSocketChannel> channels,
      ServerOptions options)
      throws IOException {
    var server = new SelectorServer(loop, factory, channels, options);
    try {
      server.register();
      if (options.startServing()) {
        server.startServing();
      }
      return server;
    } catch (Throwable error) { // CancelledError, for example
      server.close();
      throw error;
    }
  }

  /** Returns a server without listening sockets. It serves the connections that another server distributes to it. */
  static Server withoutSockets(
      SelectorEventLoop loop, Supplier<? extends BaseProtocol> factory, ServerOptions options) {
    var server = new SelectorServer(loop, factory, List.of(), options);
    loop.poller.opened(server);
    return server;
  }

  /** Takes a connection from a listening channel. */
  interface Accept {
    SocketChannel from(ServerSocketChannel channel) throws IOException;
  }

  /** Registers the listening sockets, so that the loop closes them when it is closed, even before they serve. */
  void register() throws IOException {
    for (Acceptor acceptor : acceptors) {
      loop.poller.register(acceptor.channel, 0, acceptor);
    }
  }

  @Override
  public EventLoop getLoop() {
    return loop;
  }

  @Override
  public void startServing() {
    loop.checkOnLoop("startServing");
    checkOpen();
    serve();
    Task.sleep(Duration.ZERO);
  }

  private void serve() {
    if (!serving) {
      serving = true;
      acceptors.forEach(Acceptor::resume);
    }
  }

  @Override
  public void serveForever() {
    loop.checkOnLoop("serveForever");
    checkOpen();
    if (forever != null) {
      throw new IllegalStateException("serveForever() is already in progress: " + this);
    }
    serve();
    forever = loop.createFuture();
    try {
      forever.await();
    } catch (CancelledError cancelled) {
      close();
      closeClients();
      waitClosed();
      throw cancelled;
    } finally {
      forever = null;
    }
  }

  @Override
  public boolean isServing() {
    return serving;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    loop.checkOnLoop("close");
    closed = true;
    serving = false;
    acceptors.forEach(Acceptor::close);
    loop.poller.releaseClosed();
    if (forever != null && !forever.done()) {
      forever.setResult(null);
    }
    wakeIfGone();
  }

  @Override
  public void closeClients() {
    List.copyOf(connections).stream().map(Layer::outermost).forEach(Transport::close);
  }

  @Override
  public void abortClients() {
    List.copyOf(connections).forEach(SocketTransport::abort);
  }

  @Override
  public void waitClosed() {
    loop.checkOnLoop("waitClosed");
    if (!closed || !connections.isEmpty()) {
      Future<@Nullable Void> gone = loop.createFuture();
      closedWaiters.add(gone);
      try {
        gone.await();
      } finally {
        closedWaiters.remove(gone);
      }
    }
  }

  @Override
  public boolean shutdown(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace must not be negative: " + grace);
    }
    loop.checkOnLoop("shutdown");
    close();
    var overdue = new Overdue();
    TimerHandle end = loop.callDeadline(grace, overdue);
    try {
      waitClosed();
    } catch (CancelledError cancelled) {
      abortClients();
      waitClosed();
      throw cancelled;
    } finally {
      end.cancel();
    }
    return !overdue.aborted;
  }

  /** Aborts the connections that are left at the end of the grace period. */
  private final class Overdue implements Runnable {
    private boolean aborted;

    @Override
    public void run() {
      aborted = !connections.isEmpty();
      abortClients();
    }
  }

  @Override
  public List<TransportSocket> sockets() {
    return closed
        ? List.of()
        : acceptors.stream()
            .map(acceptor -> new TransportSocket(acceptor.channel))
            .toList();
  }

  @Override
  public int port() {
    checkOpen();
    if (acceptors.isEmpty()) {
      throw new IllegalStateException("the server has no listening socket: " + this);
    }
    try {
      if (acceptors.get(0).channel.getLocalAddress() instanceof InetSocketAddress address) {
        return address.getPort();
      }
    } catch (IOException e) {
      throw new IllegalStateException("the listening socket is closed", e);
    }
    throw new IllegalStateException("the server's listening socket has no port: " + this);
  }

  @Override
  public void distribute(List<? extends Server> servers) {
    List<SelectorServer> targets =
        servers.stream().map(SelectorServer.class::cast).toList();
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("servers must not be empty");
    }
    loop.checkOnLoop("distribute");
    this.servers = targets;
    next = 0;
  }

  @Override
  public void attach(SocketTransport transport) {
    connections.add(transport);
  }

  @Override
  public void detach(SocketTransport transport) {
    connections.remove(transport);
    wakeIfGone();
  }

  private void wakeIfGone() {
    if (closed && connections.isEmpty()) {
      for (Future<@Nullable Void> waiter : closedWaiters) {
        if (!waiter.done()) {
          waiter.setResult(null);
        }
      }
      closedWaiters.clear();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("server is closed: " + this);
    }
  }

  @Override
  public String toString() {
    return "Server[" + (closed ? "closed" : sockets()) + "]";
  }

  /** One listening socket. */
  private final class Acceptor implements Selectable {
    private final ServerSocketChannel channel;
    private final Optional<UnixSocketFile> file; // to remove with the socket
    private boolean exhausted; // a failed accept has been reported
    private boolean paused; // until the next try
    private final Handle handle = loop.handle(this::accept, context);

    Acceptor(ServerSocketChannel channel) {
      this.channel = channel;
      this.file = options.cleanupSocket() ? UnixSocketFile.of(channel) : Optional.empty();
    }

    void close() {
      SelectorEventLoop.closeQuietly(channel);
      file.ifPresent(UnixSocketFile::remove);
    }

    void resume() {
      paused = false;
      if (serving) {
        watch(SelectionKey.OP_ACCEPT);
      }
    }

    private void watch(int operations) {
      try {
        loop.poller.register(channel, operations, this);
      } catch (IOException e) {
        throw new IllegalStateException("the listening socket is closed: " + channel, e);
      }
    }

    @Override
    public void ready(int operations) {
      loop.enqueue(handle);
    }

    @Override
    public int stillWanted(int operations) {
      return paused ? 0 : operations;
    }

    private void accept() {
      for (int i = 0; i <= options.backlog() && serving; i++) {
        SocketChannel connection;
        try {
          connection = accept.from(channel);
        } catch (IOException e) {
          pause(e);
          return;
        }
        if (connection == null) {
          break;
        }
        servers.get(next).take(connection);
        next = (next + 1) % servers.size();
      }
      exhausted = false; // all waiting connections were accepted without failure
    }

    /**
     * Stops accepting for a while, because descriptors or memory are exhausted. Meanwhile other connections can release
     * some. The failure is reported once, until a round of accepts succeeds, because each retry fails as long as there
     * is too little.
     */
    private void pause(IOException error) {
      paused = true;
      watch(0);
      loop.callLater(RETRY_DELAY, this::resume);
      if (!exhausted) {
        exhausted = true;
        loop.callExceptionHandler(
            ExceptionContext.of("accepting a connection failed; trying again every "
                    + RETRY_DELAY.toSeconds() + " s")
                .withException(error)
                .with(ExceptionContext.SOCKET, new TransportSocket(channel)));
      }
    }
  }

  // ---- a connection

  /** Serves a connection that this server has accepted, or another server on its own loop. */
  private void take(SocketChannel connection) {
    if (loop.isOnLoop()) {
      loop.callSoon(() -> begin(connection), context.copy());
      hold(connection);
      return;
    }
    handed.add(connection);
    try {
      loop.callSoonThreadsafe(this::beginHanded, context.copy());
    } catch (IllegalStateException loopClosed) {
      release();
    }
  }

  private void beginHanded() {
    SocketChannel connection = handed.remove();
    hold(connection);
    begin(connection);
  }

  @Override
  public boolean isClosing() {
    return true; // an open server is no reason for a warning
  }

  /** Closes connections that were handed over but not begun. After the loop is closed, any thread calls it. */
  @Override
  public void release() {
    for (SocketChannel left; (left = handed.poll()) != null; ) {
      SelectorEventLoop.closeQuietly(left);
    }
  }

  /** Registers a connection, so that the loop closes it when it is closed. */
  private void hold(SocketChannel connection) {
    try {
      connection.configureBlocking(false);
      loop.poller.register(connection, 0, null);
    } catch (IOException e) {
      SelectorEventLoop.closeQuietly(connection); // begin will report the closed connection
    }
  }

  private void begin(SocketChannel connection) {
    if (closed) { // closed in the same turn; waitClosed() may have returned already
      SelectorEventLoop.closeQuietly(connection);
      return;
    }
    BaseProtocol protocol = null;
    try {
      if (options.keepAlive()) {
        connection.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      }
      protocol = Objects.requireNonNull(factory.get(), "the factory's protocol");
      Future<@Nullable Void> made =
          tls == null ? null : loop.createFuture(); // a plain connection needs none
      Transport transport =
          Adoption.newTransport(loop, connection, protocol, SelectorServer.this, tls, made);
      if (made != null) {
        BaseProtocol kept = protocol;
        made.addDoneCallback(
            done -> done.exception().ifPresent(error -> report(error, kept, transport)));
      }
    } catch (Throwable error) {
      SelectorEventLoop.closeQuietly(connection);
      KeyboardInterrupt.passFatal(error);
      report(error, protocol, null);
    }
  }

  /** Reports an error. An {@code IOException} is a failure of the peer; any other error is one of the program. */
  private void report(
      Throwable error, @Nullable BaseProtocol protocol, @Nullable Transport transport) {
    var record = ExceptionContext.of("Error on transport creation for incoming connection")
        .withException(error);
    if (protocol != null) {
      record = record.with(ExceptionContext.PROTOCOL, protocol);
    }
    if (transport != null) {
      record = record.with(ExceptionContext.TRANSPORT, transport);
    }
    if (error instanceof IOException) {
      loop.reportPeerFailure(record);
    } else {
      loop.callExceptionHandler(record);
    }
  }
}
