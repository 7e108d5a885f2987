package dev.weft.selector;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Names to addresses. The JDK resolves names by a blocking native call, which would stop the loop, so
 * this is done on platform threads: a pool of its own, which slow work on the default executor cannot
 * starve.
 */
final class Names {

  private static final int RESOLVERS = 8;

  private static final ExecutorService POOL = pool();

  private Names() {}

  private static ExecutorService pool() {
    var pool = new ThreadPoolExecutor(
        RESOLVERS,
        RESOLVERS,
        5,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Thread.ofPlatform().name("weft-resolver-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  static void checkPort(int port, int least) {
    if (port < least || port > 65535) {
      throw new IllegalArgumentException("port must be between " + least + " and 65535: " + port);
    }
  }

  /** The addresses of a host, in the system's order. Suspends, unless the host is an address. */
  static List<InetAddress> resolve(BaseEventLoop loop, String host) throws IOException {
    return begin(loop, host).await();
  }

  /** Where a server on these hosts listens, each place once. Suspends. */
  static List<InetSocketAddress> resolveForServer(BaseEventLoop loop, List<String> hosts, int port)
      throws IOException {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("hosts must not be empty");
    }
    var futures = new ArrayList<Future<List<InetAddress>>>();
    for (String host : hosts) {
      futures.add(host.isEmpty() ? null : begin(loop, host));
    }
    var places = new LinkedHashSet<InetSocketAddress>();
    for (Future<List<InetAddress>> future : futures) {
      if (future == null) {
        places.add(new InetSocketAddress(port)); // the wildcard: IPv4 and IPv6 on one socket
      } else {
        future.await().forEach(address -> places.add(new InetSocketAddress(address, port)));
      }
    }
    return List.copyOf(places);
  }

  private static Future<List<InetAddress>> begin(BaseEventLoop loop, String host)
      throws UnknownHostException {
    if (Objects.requireNonNull(host, "host").isEmpty()) {
      throw new IllegalArgumentException("host must not be empty");
    }
    if (isLiteral(host)) {
      Future<List<InetAddress>> known = loop.createFuture();
      known.setResult(List.of(InetAddress.getByName(host)));
      return known;
    }
    return loop.runInExecutor(POOL, () -> List.of(InetAddress.getAllByName(host)));
  }

  /** Whether the JDK parses the host as an address, without asking anybody. */
  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0
        || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9')
            && host.chars().filter(c -> c == '.').count() == 3;
  }
}
