package dev.weft.transport;

import java.net.StandardProtocolFamily;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The optional parts of {@code createServer}. Immutable.
 *
 * <pre>{@code
 * ServerOptions options = ServerOptions.defaults().withBacklog(1000).withKeepAlive(true);
 * startServer(handler, "127.0.0.1", 8888, StreamReader.DEFAULT_LIMIT, options);
 * }</pre>
 */
public final class ServerOptions {

  private static final ServerOptions DEFAULTS =
      new ServerOptions(Optional.empty(), 100, true, false, false, true, true, Optional.empty());

  private final Optional<StandardProtocolFamily> family;
  private final int backlog;
  private final boolean reuseAddress;
  private final boolean reusePort;
  private final boolean keepAlive;
  private final boolean startServing;
  private final boolean cleanupSocket;
  private final Optional<SslOptions> ssl;

  private ServerOptions(
      Optional<StandardProtocolFamily> family,
      int backlog,
      boolean reuseAddress,
      boolean reusePort,
      boolean keepAlive,
      boolean startServing,
      boolean cleanupSocket,
      Optional<SslOptions> ssl) {
    Families.check(family);
    if (backlog < 1) {
      throw new IllegalArgumentException("backlog must be at least 1: " + backlog);
    }
    Objects.requireNonNull(ssl, "ssl");
    this.family = family;
    this.backlog = backlog;
    this.reuseAddress = reuseAddress;
    this.reusePort = reusePort;
    this.keepAlive = keepAlive;
    this.startServing = startServing;
    this.cleanupSocket = cleanupSocket;
    this.ssl = ssl;
  }

  /**
   * Returns the default options: a backlog of 100, as in asyncio, reuse of the address, and accepting at once. Never
   * suspends. Any thread.
   *
   * @return the default options
   */
  public static ServerOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options for addresses of one family. Never suspends. Any thread.
   *
   * @param family INET or INET6
   * @return new options
   * @throws IllegalArgumentException if {@code family} is neither INET nor INET6
   */
  public ServerOptions withFamily(StandardProtocolFamily family) {
    return new ServerOptions(
        Optional.of(family),
        backlog,
        reuseAddress,
        reusePort,
        keepAlive,
        startServing,
        cleanupSocket,
        ssl);
  }

  /**
   * Returns these options with a backlog. Never suspends. Any thread.
   *
   * @param backlog the maximum number of connections that the system holds before they are accepted, at least 1
   * @return new options
   * @throws IllegalArgumentException if {@code backlog} is less than 1
   */
  public ServerOptions withBacklog(int backlog) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /**
   * Returns these options with {@code reuseAddress} set. Never suspends. Any thread.
   *
   * @param reuseAddress whether the port may be bound while old connections of it linger
   * @return new options
   */
  public ServerOptions withReuseAddress(boolean reuseAddress) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /**
   * Returns these options with {@code reusePort} set. Never suspends. Any thread.
   *
   * @param reusePort whether several servers may listen on the same port
   * @return new options
   */
  public ServerOptions withReusePort(boolean reusePort) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /**
   * Returns these options with {@code keepAlive} set. Never suspends. Any thread.
   *
   * @param keepAlive whether the system probes accepted connections that are silent for long
   * @return new options
   */
  public ServerOptions withKeepAlive(boolean keepAlive) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /**
   * Returns these options with {@code startServing} set. Never suspends. Any thread.
   *
   * @param startServing whether to accept connections at once
   * @return new options
   */
  public ServerOptions withStartServing(boolean startServing) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /**
   * Returns these options with {@code cleanupSocket} set. Never suspends. Any thread.
   *
   * @param cleanupSocket whether closing a server removes its Unix socket from the file system
   * @return new options
   */
  public ServerOptions withCleanupSocket(boolean cleanupSocket) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /**
   * Returns these options with TLS, with a context and the other defaults of {@link SslOptions}. Never suspends. Any
   * thread.
   *
   * @param context the keys, certificates and trusted authorities
   * @return new options
   */
  public ServerOptions withSsl(SSLContext context) {
    return withSsl(SslOptions.of(context));
  }

  /**
   * Returns these options with TLS. Never suspends. Any thread.
   *
   * @param ssl how to encrypt connections
   * @return new options
   */
  public ServerOptions withSsl(SslOptions ssl) {
    return new ServerOptions(
        family,
        backlog,
        reuseAddress,
        reusePort,
        keepAlive,
        startServing,
        cleanupSocket,
        Optional.of(ssl));
  }

  // ---- the options

  /** {@return the family of the addresses on which to listen ({@code family}); any if empty} All interfaces of family {@code INET6} include those of IPv4, because the JDK has no other socket. Never suspends. Any thread. */
  public Optional<StandardProtocolFamily> family() {
    return family;
  }

  /** {@return the maximum number of connections that the system holds before they are accepted ({@code backlog}), at least 1} Never suspends. Any thread. */
  public int backlog() {
    return backlog;
  }

  /** {@return whether the port may be bound while old connections of it linger ({@code reuse_address}), as asyncio's servers do on POSIX} Never suspends. Any thread. */
  public boolean reuseAddress() {
    return reuseAddress;
  }

  /** {@return whether several servers may listen on the same port ({@code reuse_port})} Never suspends. Any thread. */
  public boolean reusePort() {
    return reusePort;
  }

  /** {@return whether the system probes accepted connections that are silent for long, and ends those whose other end does not answer ({@code keep_alive})} Never suspends. Any thread. */
  public boolean keepAlive() {
    return keepAlive;
  }

  /** {@return whether to accept connections at once ({@code start_serving}); otherwise the system holds connections until {@code startServing()}, up to the backlog (asyncio refuses them)} Never suspends. Any thread. */
  public boolean startServing() {
    return startServing;
  }

  /** {@return whether closing a server removes its Unix socket from the file system, unless something else is at the path by then ({@code cleanup_socket})} Never suspends. Any thread. */
  public boolean cleanupSocket() {
    return cleanupSocket;
  }

  /** {@return how to encrypt connections ({@code ssl}); plain if empty} Never suspends. Any thread. */
  public Optional<SslOptions> ssl() {
    return ssl;
  }
}
