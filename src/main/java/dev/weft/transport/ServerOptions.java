package dev.weft.transport;

import java.net.StandardProtocolFamily;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The optional parts of {@code createServer}. Immutable.
 *
 * @param family listens on addresses of this family only ({@code family}); of any if empty. All
 *     interfaces of family {@code INET6} are those of IPv4, too: the JDK has no other socket
 * @param backlog how many connections the system may hold that are not accepted yet, at least 1
 * @param reuseAddress whether the port may be bound while old connections of it linger; asyncio's
 *     default on POSIX
 * @param reusePort whether several servers may listen on the same port
 * @param keepAlive whether the system probes connections that are silent for long, and ends those whose
 *     other end is gone ({@code SO_KEEPALIVE}, for each connection accepted)
 * @param startServing whether to accept connections at once; if not, the system holds those that come
 *     before {@code startServing()}, up to the backlog (asyncio refuses them)
 * @param cleanupSocket whether closing a server removes its Unix socket from the file system, unless
 *     something else is at the path by then ({@code cleanup_socket})
 * @param ssl how to encrypt connections ({@code ssl}); not at all if empty
 */
public record ServerOptions(
    Optional<StandardProtocolFamily> family,
    int backlog,
    boolean reuseAddress,
    boolean reusePort,
    boolean keepAlive,
    boolean startServing,
    boolean cleanupSocket,
    Optional<SslOptions> ssl) {

  private static final ServerOptions DEFAULTS =
      new ServerOptions(Optional.empty(), 100, true, false, false, true, true, Optional.empty());

  /** Checks the family and the backlog. */
  public ServerOptions {
    Families.check(family);
    if (backlog < 1) {
      throw new IllegalArgumentException("backlog must be at least 1: " + backlog);
    }
    Objects.requireNonNull(ssl, "ssl");
  }

  /** A backlog of 100, as asyncio has it; reuse of the address; accepting at once. */
  public static ServerOptions defaults() {
    return DEFAULTS;
  }

  /** These options, listening on addresses of {@code family} only. */
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

  /** These options with another backlog. */
  public ServerOptions withBacklog(int backlog) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /** These options with {@code reuseAddress} set. */
  public ServerOptions withReuseAddress(boolean reuseAddress) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /** These options with {@code reusePort} set. */
  public ServerOptions withReusePort(boolean reusePort) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /** These options with {@code keepAlive} set. */
  public ServerOptions withKeepAlive(boolean keepAlive) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /** These options with {@code startServing} set. */
  public ServerOptions withStartServing(boolean startServing) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /** These options with {@code cleanupSocket} set. */
  public ServerOptions withCleanupSocket(boolean cleanupSocket) {
    return new ServerOptions(
        family, backlog, reuseAddress, reusePort, keepAlive, startServing, cleanupSocket, ssl);
  }

  /** These options, encrypting connections with a context and default {@link SslOptions}. */
  public ServerOptions withSsl(SSLContext context) {
    return withSsl(SslOptions.of(context));
  }

  /** These options, encrypting connections. */
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
}
