package dev.weft.transport;

/**
 * The optional parts of {@code createServer}. Immutable.
 *
 * @param backlog how many connections the system may hold that are not accepted yet, at least 1
 * @param reuseAddress whether the port may be bound while old connections of it linger; asyncio's
 *     default on POSIX
 * @param reusePort whether several servers may listen on the same port
 * @param startServing whether to accept connections at once; if not, the system holds those that come
 *     before {@code startServing()}, up to the backlog (asyncio refuses them)
 */
public record ServerOptions(
    int backlog, boolean reuseAddress, boolean reusePort, boolean startServing) {

  private static final ServerOptions DEFAULTS = new ServerOptions(100, true, false, true);

  /** Checks the backlog. */
  public ServerOptions {
    if (backlog < 1) {
      throw new IllegalArgumentException("backlog must be at least 1: " + backlog);
    }
  }

  /** A backlog of 100, as asyncio has it; reuse of the address; accepting at once. */
  public static ServerOptions defaults() {
    return DEFAULTS;
  }

  /** These options with another backlog. */
  public ServerOptions withBacklog(int backlog) {
    return new ServerOptions(backlog, reuseAddress, reusePort, startServing);
  }

  /** These options with {@code reuseAddress} set. */
  public ServerOptions withReuseAddress(boolean reuseAddress) {
    return new ServerOptions(backlog, reuseAddress, reusePort, startServing);
  }

  /** These options with {@code reusePort} set. */
  public ServerOptions withReusePort(boolean reusePort) {
    return new ServerOptions(backlog, reuseAddress, reusePort, startServing);
  }

  /** These options with {@code startServing} set. */
  public ServerOptions withStartServing(boolean startServing) {
    return new ServerOptions(backlog, reuseAddress, reusePort, startServing);
  }
}
