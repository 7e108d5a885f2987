package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.testkit.FakeNames;
import dev.weft.testkit.Loops;
import dev.weft.transport.AddressInfoOptions;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.NameInfo;
import dev.weft.transport.ServerOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Names to addresses and addresses to names, without connections. */
class NamesTest extends TcpTest {

  private static final AddressInfoOptions DEFAULTS = AddressInfoOptions.defaults();

  private static InetSocketAddress at(String literal, int port) {
    return new InetSocketAddress(literal, port);
  }

  @Test
  @DisplayName("getaddrinfo: all addresses of the host, in the resolver's order, with the port")
  void addresses() {
    run(() -> {
      String name = FakeNames.of("127.0.0.2", "::1", "127.0.0.3");
      assertEquals(
          List.of(at("127.0.0.2", 80), at("::1", 80), at("127.0.0.3", 80)),
          loop.getaddrinfo(name, 80));
      assertEquals(List.of(at("::1", 0)), loop.getaddrinfo("::1", 0));
    });
  }

  @Test
  @DisplayName("getaddrinfo: a resolver sees no inheritable thread local of the tasks that ask")
  void inheritsNothing() {
    var tenant = new InheritableThreadLocal<String>();
    var seen = new ConcurrentLinkedQueue<String>();
    run(() -> {
      tenant.set("a task's");
      for (int i = 0; i < 20; i++) {
        loop.getaddrinfo(
            FakeNames.invent(() -> {
              seen.add("" + tenant.get());
              return List.of(InetAddress.getLoopbackAddress());
            }),
            80);
      }
    });
    assertEquals(Set.of("null"), Set.copyOf(seen));
  }

  @Test
  @DisplayName("CONN-2: with a family only its addresses; none is an UnknownHostException")
  void family() {
    run(() -> {
      String name = FakeNames.of("127.0.0.2", "::1", "127.0.0.3");
      assertEquals(
          List.of(at("127.0.0.2", 80), at("127.0.0.3", 80)),
          loop.getaddrinfo(name, 80, DEFAULTS.withFamily(StandardProtocolFamily.INET)));
      var six = DEFAULTS.withFamily(StandardProtocolFamily.INET6);
      assertEquals(List.of(at("::1", 80)), loop.getaddrinfo(name, 80, six));
      String four = FakeNames.of(LOCAL);
      var error = assertThrows(UnknownHostException.class, () -> loop.getaddrinfo(four, 80, six));
      assertTrue(error.getMessage().contains(four), error.getMessage());
      assertThrows(UnknownHostException.class, () -> loop.getaddrinfo(LOCAL, 80, six));
    });
  }

  @Test
  @DisplayName("numericHost: an address is accepted, and a name is an error without a lookup")
  void numericHost() {
    run(() -> {
      String neverAsked = FakeNames.invent(() -> {
        throw new AssertionError("looked up");
      });
      var numeric = DEFAULTS.withNumericHost(true);
      assertEquals(List.of(at(LOCAL, 80)), loop.getaddrinfo(LOCAL, 80, numeric));
      var error =
          assertThrows(UnknownHostException.class, () -> loop.getaddrinfo(neverAsked, 80, numeric));
      assertTrue(error.getMessage().contains(neverAsked), error.getMessage());
    });
  }

  @Test
  @DisplayName("CONN-2: both functions ask on other threads, and the loop goes on meanwhile")
  void offTheLoop() {
    run(() -> {
      var release = new CountDownLatch(1);
      String name = FakeNames.invent(() -> {
        assertFalse(Thread.currentThread().isVirtual());
        release.await(); // the loop gives it up; a wait on the loop itself would never end
        return List.of(InetAddress.getByName("127.1.2.3"));
      });
      InetAddress address = InetAddress.getByName("127.1.2.3");
      FakeNames.reverse(address, name);
      var asking = loop.createTask(() -> loop.getaddrinfo(name, 80));
      var backwards = loop.createTask(() -> loop.getnameinfo(new InetSocketAddress(address, 80)));
      Loops.turns(3);
      assertFalse(asking.done());
      assertFalse(backwards.done()); // it asks for the addresses of the name too
      release.countDown();
      assertEquals(List.of(at("127.1.2.3", 80)), asking.await());
      assertEquals(new NameInfo(name, "80"), backwards.await());
    });
  }

  @Test
  @DisplayName("getnameinfo: as text if requested, or if there is no name and none is required")
  void nameless() {
    run(() -> {
      var unknown = InetAddress.getByName("127.4.5.6");
      FakeNames.reverse(unknown, "name-of-nobody.weft.test");
      var address = new InetSocketAddress(unknown, 8080);
      var text = new NameInfo("127.4.5.6", "8080");
      assertEquals(text, loop.getnameinfo(address));
      assertEquals(text, loop.getnameinfo(address, NameInfo.Flag.NUMERIC_HOST));
      var error = assertThrows(
          UnknownHostException.class, () -> loop.getnameinfo(address, NameInfo.Flag.NAME_REQUIRED));
      assertTrue(error.getMessage().contains("127.4.5.6"), error.getMessage());
    });
  }

  @Test
  @DisplayName(
      "getnameinfo: neither the origin of the address nor an earlier answer is used as its name")
  void knownByAnotherName() {
    run(() -> {
      var real = FakeNames.of("127.7.8.9");
      FakeNames.reverse(InetAddress.getByName("127.7.8.9"), real);
      byte[] bytes = {127, 7, 8, 9};
      var claimed = InetAddress.getByAddress("claimed.weft.test", bytes);
      assertEquals(new NameInfo(real, "1"), loop.getnameinfo(new InetSocketAddress(claimed, 1)));
      String renamed = FakeNames.of("127.7.8.9");
      FakeNames.reverse(claimed, renamed);
      assertEquals(renamed, loop.getnameinfo(new InetSocketAddress(claimed, 1)).host());
    });
  }

  @Test
  @DisplayName("Cancelling a lookup ends it at once")
  void cancelled() {
    run(() -> {
      var release = new CountDownLatch(1);
      String slow = FakeNames.invent(() -> {
        release.await();
        return List.of();
      });
      var asking = Loops.started(() -> loop.getaddrinfo(slow, 80));
      asking.cancel();
      assertThrows(CancelledError.class, asking::await);
      release.countDown();
    });
  }

  @Test
  @DisplayName("Bad arguments are errors with the parameter's name before anything happens")
  void badArguments() {
    run(() -> {
      for (int port : new int[] {-1, 65_536}) {
        var error =
            assertThrows(IllegalArgumentException.class, () -> loop.getaddrinfo(LOCAL, port));
        assertTrue(error.getMessage().contains("port"), error.getMessage());
      }
      assertThrows(IllegalArgumentException.class, () -> loop.getaddrinfo("", 1));
      assertThrows(NullPointerException.class, () -> loop.getaddrinfo(null, 1));
      assertThrows(NullPointerException.class, () -> loop.getaddrinfo(LOCAL, 1, null));
      var unresolved = InetSocketAddress.createUnresolved("localhost", 1);
      var error = assertThrows(IllegalArgumentException.class, () -> loop.getnameinfo(unresolved));
      assertTrue(error.getMessage().contains("sockaddr"), error.getMessage());
    });
    var unix = StandardProtocolFamily.UNIX;
    assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withFamily(unix));
    assertThrows(
        IllegalArgumentException.class, () -> ConnectionOptions.defaults().withFamily(unix));
    assertThrows(IllegalArgumentException.class, () -> ServerOptions.defaults().withFamily(unix));
    assertThrows(IllegalStateException.class, () -> loop.getaddrinfo("localhost", 1));
    assertThrows(IllegalStateException.class, () -> loop.getnameinfo(at(LOCAL, 1)));
  }
}
