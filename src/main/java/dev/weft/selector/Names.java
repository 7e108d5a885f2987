package dev.weft.selector;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.EventLoop;
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
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Names to addresses. The JDK resolves names by a blocking native call, which would stop the loop, so
 * this is done on platform threads: a pool of its own, which slow work on the default executor cannot
 * starve.
 */
final class Names {

  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  private static final int RESOLVERS = 8;

  private static final ExecutorService POOL = pool();

  // What else looks like an address, "1.2.3.256" or "host:80", the JDK would ask the system for.
  private static final Pattern LITERAL = Pattern.compile(
      "OCTET(\\.OCTET){3}|[0-9a-fA-F:\\[].*:.*".replace("OCTET", "(25[0-5]|2[0-4]\\d|1?\\d?\\d)"));

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

  /** Where a port of a host is, in the system's order. Suspends, unless the host is an address. */
  static List<InetSocketAddress> resolve(BaseEventLoop loop, String host, int port)
      throws IOException {
    return at(port, begin(loop, host).await());
  }

  /** The address itself; if it is only a name and a port, what they stand for. */
  static List<InetSocketAddress> resolve(BaseEventLoop loop, InetSocketAddress address)
      throws IOException {
    return address.isUnresolved()
        ? resolve(loop, address.getHostString(), address.getPort())
        : List.of(address);
  }

  /** Where a server on these hosts listens, each place once. Suspends. */
  static List<InetSocketAddress> resolveForServer(BaseEventLoop loop, List<String> hosts, int port)
      throws IOException {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("hosts must not be empty");
    }
    var futures = new ArrayList<Future<List<InetAddress>>>();
    try {
      for (String host : hosts) {
        futures.add(host.isEmpty() ? everywhere(loop) : begin(loop, host));
      }
      var places = new LinkedHashSet<InetSocketAddress>();
      for (Future<List<InetAddress>> future : futures) {
        places.addAll(at(port, future.await()));
      }
      return List.copyOf(places);
    } finally {
      futures.forEach(Future::cancel); // after a failure nobody looks at the others
    }
  }

  private static List<InetSocketAddress> at(int port, List<InetAddress> addresses) {
    return addresses.stream()
        .map(address -> new InetSocketAddress(address, port))
        .toList();
  }

  /** The wildcard: IPv4 and IPv6 on one socket. */
  private static Future<List<InetAddress>> everywhere(BaseEventLoop loop) {
    return known(loop, new InetSocketAddress(0).getAddress());
  }

  private static Future<List<InetAddress>> known(BaseEventLoop loop, InetAddress address) {
    Future<List<InetAddress>> future = loop.createFuture();
    future.setResult(List.of(address));
    return future;
  }

  private static Future<List<InetAddress>> begin(BaseEventLoop loop, String host)
      throws UnknownHostException {
    if (Objects.requireNonNull(host, "host").isEmpty()) {
      throw new IllegalArgumentException("host must not be empty");
    }
    if (isLiteral(host)) {
      return known(loop, InetAddress.getByName(host));
    }
    boolean debug = loop.getDebug();
    long limit = loop.getSlowCallbackDuration().toNanos();
    return loop.runInExecutor(POOL, () -> debug ? timed(host, limit) : lookUp(host));
  }

  private static List<InetAddress> lookUp(String host) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(host));
  }

  private static List<InetAddress> timed(String host, long limit) throws UnknownHostException {
    long began = System.nanoTime();
    try {
      return lookUp(host);
    } finally {
      long took = System.nanoTime() - began;
      LOG.atLevel(took >= limit ? Level.INFO : Level.DEBUG)
          .log("looking up {} took {} ms", host, took / 1_000_000);
    }
  }

  /** Whether the JDK parses the host as an address, without asking anybody. */
  static boolean isLiteral(String host) {
    return LITERAL.matcher(host).matches();
  }
}
