package dev.weft.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Context;
import dev.weft.loop.TaskOptions;
import java.lang.ProcessBuilder.Redirect;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Types of options. */
class OptionsTest {

  /** Returns the values of all options. */
  private static Map<String, Object> values(Object options) throws ReflectiveOperationException {
    var values = new TreeMap<String, Object>();
    for (Method method : options.getClass().getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())
          && !Modifier.isStatic(method.getModifiers())
          && method.getParameterCount() == 0
          && !method.getName().startsWith("with")) {
        values.put(method.getName(), plain(method.invoke(options)));
      }
    }
    return values;
  }

  private static Object plain(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.isPresent() ? optional.get() : "empty";
    }
    if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? optional.getAsInt() : "empty";
    }
    return value;
  }

  private static Object sample(Class<?> type, Object before) throws Exception {
    if (type == boolean.class) {
      return !Boolean.TRUE.equals(before);
    }
    Map<Class<?>, Object> samples = Map.ofEntries(
        Map.entry(int.class, 7),
        Map.entry(String.class, "sample"),
        Map.entry(Duration.class, Duration.ofSeconds(7)),
        Map.entry(StandardProtocolFamily.class, StandardProtocolFamily.INET6),
        Map.entry(InetSocketAddress.class, new InetSocketAddress("127.0.0.1", 7)),
        Map.entry(Path.class, Path.of("sample")),
        Map.entry(Map.class, Map.of("name", "value")),
        Map.entry(Redirect.class, Redirect.PIPE),
        Map.entry(SSLContext.class, SSLContext.getDefault()),
        Map.entry(SslOptions.class, SslOptions.defaults()),
        Map.entry(ClientAuth.class, ClientAuth.NEED),
        Map.entry(Executor.class, (Executor) Runnable::run),
        Map.entry(Consumer.class, (Consumer<Object>) change -> {}),
        Map.entry(Context.class, new Context()));
    return samples.get(type);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        AddressInfoOptions.class,
        ConnectionOptions.class,
        DatagramOptions.class,
        ServerOptions.class,
        SslOptions.class,
        SubprocessOptions.class,
        TaskOptions.class
      })
  @DisplayName(
      "each wither changes its option alone, in new options; there is no other way to create options")
  void withers(Class<?> type) throws Exception {
    assertTrue(Modifier.isFinal(type.getModifiers()));
    assertEquals(0, type.getConstructors().length);
    Object defaults = type.getMethod("defaults").invoke(null);
    assertSame(defaults, type.getMethod("defaults").invoke(null));
    Map<String, Object> before = values(defaults);
    assertFalse(before.isEmpty());
    int withers = 0;
    for (Method wither : type.getMethods()) {
      if (!wither.getName().startsWith("with")) {
        continue;
      }
      withers++;
      String option =
          Character.toLowerCase(wither.getName().charAt(4)) + wither.getName().substring(5);
      Object changed = wither.getParameterCount() == 0
          ? wither.invoke(defaults)
          : wither.invoke(defaults, sample(wither.getParameterTypes()[0], before.get(option)));
      assertEquals(before, values(defaults), option);
      Map<String, Object> after = values(changed);
      assertNotEquals(before.get(option), after.get(option), option);
      after.put(option, before.get(option));
      assertEquals(before, after, option);
    }
    assertTrue(withers >= before.size(), "an option without a wither");
  }

  @Test
  @DisplayName("options that were changed keep their other changes")
  void chain() {
    ServerOptions options = ServerOptions.defaults()
        .withBacklog(7)
        .withKeepAlive(true)
        .withReuseAddress(false)
        .withFamily(StandardProtocolFamily.INET);
    assertEquals(7, options.backlog());
    assertTrue(options.keepAlive());
    assertFalse(options.reuseAddress());
    assertEquals(Optional.of(StandardProtocolFamily.INET), options.family());
  }
}
