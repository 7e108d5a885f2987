package dev.weft.selector;

import dev.weft.loop.Task;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Connects and binds Unix sockets. The loop's thread makes the calls of the file system, as it makes the calls of
 * {@code bind} and {@code connect}, which look up a path, too.
 */
final class UnixSockets {

  /** The system's English message for a full backlog. The JDK does not give the error number. */
  private static final String FULL = "Resource temporarily unavailable";

  private static final Duration FIRST_RETRY = Duration.ofMillis(1);
  private static final Duration LAST_RETRY = Duration.ofMillis(64);

  private UnixSockets() {}

  static UnixDomainSocketAddress address(Path path) {
    if (Objects.requireNonNull(path, "path").toString().isEmpty()) {
      throw new IllegalArgumentException("path must not be empty");
    }
    return UnixDomainSocketAddress.of(path);
  }

  /**
   * Connects. The system connects a Unix socket at once or fails. If it fails because the backlog is full, this method
   * tries again, as TCP does. Suspends in that case.
   *
   * @return a channel in non-blocking mode
   */
  static SocketChannel connect(UnixDomainSocketAddress address) throws IOException {
    for (Duration delay = FIRST_RETRY; ; delay = longer(delay)) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.configureBlocking(false);
        channel.connect(address);
        return channel;
      } catch (IOException e) {
        SelectorEventLoop.closeQuietly(channel);
        if (!FULL.equals(e.getMessage())) {
          String message = "connecting to " + address + " failed: " + e.getMessage();
          throw because(
              e,
              e instanceof ConnectException
                  ? new ConnectException(message)
                  : new SocketException(message));
        }
      }
      Task.sleep(delay);
    }
  }

  private static Duration longer(Duration delay) {
    return delay.compareTo(LAST_RETRY) < 0 ? delay.multipliedBy(2) : LAST_RETRY;
  }

  /**
   * Listens at an address. Replaces the file of a socket on which no process listens any more.
   *
   * @return a channel in non-blocking mode
   */
  static ServerSocketChannel listen(UnixDomainSocketAddress address, int backlog)
      throws IOException {
    UnixSocketFile.removeStale(address);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      return channel.bind(address, backlog);
    } catch (IOException e) {
      SelectorEventLoop.closeQuietly(channel);
      String message = "cannot listen on " + address + ": " + e.getMessage();
      throw because(
          e,
          e instanceof BindException ? new BindException(message) : new SocketException(message));
    } catch (Throwable error) {
      SelectorEventLoop.closeQuietly(channel);
      throw error;
    }
  }

  private static IOException because(IOException cause, IOException failure) {
    failure.initCause(cause);
    return failure;
  }
}
