package dev.weft.testkit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.net.spi.InetAddressResolverProvider;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Host names that tests invent, each with its own answer: several addresses, a failure, or a delayed answer. The JDK's
 * own resolver answers all other names and addresses. This provider is registered for the whole test JVM
 * (META-INF/services).
 */
public final class FakeNames extends InetAddressResolverProvider {

  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final Map<String, Callable<List<InetAddress>>> ANSWERS = new ConcurrentHashMap<>();
  private static final Map<ByteBuffer, String> NAMES = new ConcurrentHashMap<>();

  /** Returns a new name. {@code answer} runs on the thread that looks the name up. */
  public static String invent(Callable<List<InetAddress>> answer) {
    String name = "name-" + COUNTER.incrementAndGet() + ".weft.test";
    ANSWERS.put(name, answer);
    return name;
  }

  /** Returns a new name for addresses that are given as literals, in this order. */
  public static String of(String... literals) {
    return invent(() -> {
      var addresses = new InetAddress[literals.length];
      for (int i = 0; i < literals.length; i++) {
        addresses[i] = InetAddress.getByName(literals[i]);
      }
      return List.of(addresses);
    });
  }

  /** Makes an address resolve to a name. */
  public static void reverse(InetAddress address, String name) {
    NAMES.put(ByteBuffer.wrap(address.getAddress()), name);
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver builtin = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        Callable<List<InetAddress>> answer = ANSWERS.get(host);
        return answer == null ? builtin.lookupByName(host, policy) : ask(host, answer).stream();
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        String name = NAMES.get(ByteBuffer.wrap(address));
        return name == null ? builtin.lookupByAddress(address) : name;
      }
    };
  }

  private static List<InetAddress> ask(String host, Callable<List<InetAddress>> answer)
      throws UnknownHostException {
    try {
      return answer.call();
    } catch (Exception e) {
      var failure = new UnknownHostException(host);
      failure.initCause(e);
      throw failure;
    }
  }

  @Override
  public String name() {
    return "weft-fake-names";
  }
}
