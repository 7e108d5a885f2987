package dev.weft.selector;

import static java.util.Map.entry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;

/** Maps the numbered options of {@link java.net.SocketOptions} to the typed options of a channel. */
final class NumberedOptions {

  private static final Map<Integer, SocketOption<?>> TYPED = Map.ofEntries(
      entry(SocketOptions.TCP_NODELAY, StandardSocketOptions.TCP_NODELAY),
      entry(SocketOptions.SO_LINGER, StandardSocketOptions.SO_LINGER),
      entry(SocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEADDR),
      entry(SocketOptions.SO_REUSEPORT, StandardSocketOptions.SO_REUSEPORT),
      entry(SocketOptions.SO_SNDBUF, StandardSocketOptions.SO_SNDBUF),
      entry(SocketOptions.SO_RCVBUF, StandardSocketOptions.SO_RCVBUF),
      entry(SocketOptions.SO_KEEPALIVE, StandardSocketOptions.SO_KEEPALIVE),
      entry(SocketOptions.IP_TOS, StandardSocketOptions.IP_TOS));

  private NumberedOptions() {}

  /** Checks a value of SO_TIMEOUT. Returns it in milliseconds. */
  static int timeout(Object value) throws SocketException {
    if (!(value instanceof Integer millis)) {
      throw new SocketException("Bad value for SO_TIMEOUT: " + value);
    }
    if (millis < 0) {
      throw new IllegalArgumentException("timeout must not be negative: " + millis);
    }
    return millis;
  }

  static void set(NetworkChannel channel, int option, Object value) throws SocketException {
    try {
      if (option == SocketOptions.SO_OOBINLINE && channel instanceof SocketChannel connection) {
        connection.socket().setOOBInline((Boolean) value);
      } else if (option == SocketOptions.SO_LINGER && Boolean.FALSE.equals(value)) {
        channel.setOption(StandardSocketOptions.SO_LINGER, -1);
      } else {
        set(channel, typed(option), value);
      }
    } catch (SocketException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  private static <T> void set(NetworkChannel channel, SocketOption<T> option, Object value)
      throws IOException {
    channel.setOption(option, option.type().cast(value));
  }

  static Object get(NetworkChannel channel, int option) throws SocketException {
    try {
      if (option == SocketOptions.SO_BINDADDR) {
        return channel.getLocalAddress() instanceof InetSocketAddress bound
            ? bound.getAddress()
            : new InetSocketAddress(0).getAddress();
      }
      if (option == SocketOptions.SO_OOBINLINE && channel instanceof SocketChannel connection) {
        return connection.socket().getOOBInline();
      }
      Object value = channel.getOption(typed(option));
      return option == SocketOptions.SO_LINGER && (Integer) value < 0 ? Boolean.FALSE : value;
    } catch (SocketException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  private static SocketOption<?> typed(int option) throws SocketException {
    SocketOption<?> typed = TYPED.get(option);
    if (typed == null) {
      throw new SocketException("Unknown option " + option);
    }
    return typed;
  }

  private static SocketException failed(Exception e) {
    var failure = new SocketException(e.getMessage());
    failure.initCause(e);
    return failure;
  }
}
