package dev.weft.selector;

import dev.weft.carrier.Daemons;
import dev.weft.log.Log;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.NameInfo;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Resolves names to addresses, and addresses to names. The JDK makes blocking native calls, which would block the loop.
 * So a pool of platform threads makes them. The pool is not the default executor, whose slow tasks would delay them.
 */
final class Names {

  private static final Logger LOG = Log.of(EventLoop.class);

  private static final int RESOLVERS = 8;

  private static final ExecutorService POOL = pool();

  // The JDK would ask the system to resolve other texts that look like addresses, such as
  // "1.2.3.256" or "host:80".
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
        Daemons.builder().name("weft-resolver-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  static void checkPort(int port, int least) {
    if (port < least || port > 65535) {
      throw new IllegalArgumentException("port must be between " + least + " and 65535: " + port);
    }
  }

  /**
   * Resolves a host, in the JDK's order of addresses. Suspends, unless the host is an address.
   *
   * @throws UnknownHostException if the host has no address, or none of the family
   */
  static List<InetSocketAddress> resolve(
      BaseEventLoop loop, String host, int port, Optional<StandardProtocolFamily> family)
      throws IOException {
    return at(port, ofFamily(family, host, begin(loop, host).await()));
  }

  /** Resolves an address if it is unresolved; otherwise returns the address alone. Suspends if it resolves a name. */
  static List<InetSocketAddress> resolve(BaseEventLoop loop, InetSocketAddress address)
      throws IOException {
    return address.isUnresolved()
        ? resolve(loop, address.getHostString(), address.getPort(), Optional.empty())
        : List.of(address);
  }

  /** Returns the distinct addresses on which a server for these hosts listens. Suspends. */
  static List<InetSocketAddress> resolveForServer(
      BaseEventLoop loop, List<String> hosts, int port, Optional<StandardProtocolFamily> family)
      throws IOException {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("hosts must not be empty");
    }
    var futures = new ArrayList<Future<List<InetAddress>>>();
    try {
      for (String host : hosts) {
        futures.add(host.isEmpty() ? known(loop, everywhere(family)) : begin(loop, host));
      }
      var places = new LinkedHashSet<InetSocketAddress>();
      for (int i = 0; i < hosts.size(); i++) {
        places.addAll(at(port, ofFamily(family, hosts.get(i), futures.get(i).await())));
      }
      return List.copyOf(places);
    } finally {
      futures.forEach(Future::cancel); // after a failure, the other results are not needed
    }
  }

  /** Returns the host of {@code getnameinfo}. Suspends, unless the flags ask for a numeric host. */
  static String nameOf(BaseEventLoop loop, InetAddress address, Set<NameInfo.Flag> flags)
      throws UnknownHostException {
    String numeric = address.getHostAddress();
    if (flags.contains(NameInfo.Flag.NUMERIC_HOST)) {
      return numeric;
    }
    // a copy, because the JDK caches the first answer in the address object
    InetAddress nameless = InetAddress.getByAddress(address.getAddress());
    String name = ask(loop, numeric, nameless::getCanonicalHostName).await();
    if (!name.equals(nameless.getHostAddress())) {
      return name;
    }
    if (flags.contains(NameInfo.Flag.NAME_REQUIRED)) {
      throw new UnknownHostException(numeric + " has no name");
    }
    return numeric;
  }

  private static List<InetAddress> ofFamily(
      Optional<StandardProtocolFamily> family, String host, List<InetAddress> addresses)
      throws UnknownHostException {
    if (family.isEmpty()) {
      return addresses;
    }
    List<InetAddress> wanted =
        addresses.stream().filter(address -> familyOf(address) == family.get()).toList();
    if (wanted.isEmpty()) {
      throw new UnknownHostException(host + " has no address of family " + family.get());
    }
    return wanted;
  }

  static StandardProtocolFamily familyOf(InetAddress address) {
    return address instanceof Inet4Address
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  private static List<InetSocketAddress> at(int port, List<InetAddress> addresses) {
    return addresses.stream()
        .map(address -> new InetSocketAddress(address, port))
        .toList();
  }

  /** Returns the wildcard address. A socket on the one of IPv6 serves IPv4, too. */
  private static InetAddress everywhere(Optional<StandardProtocolFamily> family)
      throws IOException {
    boolean ipv6 = family.isPresent()
        ? family.get() == StandardProtocolFamily.INET6
        : Listener.canListen(StandardProtocolFamily.INET6);
    return InetAddress.getByAddress(new byte[ipv6 ? 16 : 4]);
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
    return ask(loop, host, () -> List.of(InetAddress.getAllByName(host)));
  }

  private static <T extends @Nullable Object> Future<T> ask(
      BaseEventLoop loop, String what, Callable<T> question) {
    if (!loop.getDebug()) {
      return loop.runInPool(POOL, question);
    }
    long limit = loop.getSlowCallbackDuration().toNanos();
    return loop.runInPool(POOL, () -> timed(what, question, limit));
  }

  private static <T extends @Nullable Object> T timed(String what, Callable<T> question, long limit)
      throws Exception {
    long began = System.nanoTime();
    try {
      return question.call();
    } finally {
      long took = System.nanoTime() - began;
      LOG.atLevel(took >= limit ? Level.INFO : Level.DEBUG)
          .log("looking up {} took {} ms", what, took / 1_000_000);
    }
  }

  static void checkLiteral(String host) throws UnknownHostException {
    if (!isLiteral(host)) {
      throw new UnknownHostException(host + " is not an address, and numericHost is set");
    }
  }

  /** Returns whether the JDK parses the host as an address, without a look-up. */
  static boolean isLiteral(String host) {
    return LITERAL.matcher(host).matches();
  }
}
