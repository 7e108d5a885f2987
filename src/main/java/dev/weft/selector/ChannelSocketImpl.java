package dev.weft.selector;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The base of connected and of listening sockets on a loop: their channel and its options. Any thread.
 *
 * @param <C> the type of the channel
 */
abstract class ChannelSocketImpl<C extends SelectableChannel & NetworkChannel> extends SocketImpl {

  final SelectorEventLoop loop;
  volatile @Nullable C channel; // null before `create`

  @SuppressWarnings("NullAway.Init") // set with the channel
  volatile BlockingChannel io;

  private volatile int timeout; // milliseconds; 0 for none

  ChannelSocketImpl(SelectorEventLoop loop) {
    this.loop = loop;
  }

  /** Takes over a new channel. Closes it if that fails. */
  final void adopt(C opened) throws IOException {
    try {
      opened.configureBlocking(false);
    } catch (Throwable error) {
      SelectorEventLoop.closeQuietly(opened);
      throw error;
    }
    io = new BlockingChannel(loop, opened);
    channel = opened;
  }

  final C open() throws SocketException {
    C current = channel;
    if (current == null || !current.isOpen()) {
      throw new SocketException(current == null ? "Socket not created" : "Socket closed");
    }
    return current;
  }

  @Override
  protected void close() throws IOException {
    if (channel != null) {
      io.close();
    }
  }

  // ---- options

  /** Returns SO_TIMEOUT in nanoseconds; 0 for no limit. */
  final long timeoutNanos() {
    return TimeUnit.MILLISECONDS.toNanos(timeout);
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    if (option == SO_TIMEOUT) {
      open();
      timeout = NumberedOptions.timeout(value);
    } else {
      NumberedOptions.set(open(), option, value);
    }
  }

  @Override
  public Object getOption(int option) throws SocketException {
    C current = open();
    return option == SO_TIMEOUT ? (Object) timeout : NumberedOptions.get(current, option);
  }

  @Override
  protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
    checkSupported(option);
    open().setOption(option, value);
  }

  @Override
  protected <T> T getOption(SocketOption<T> option) throws IOException {
    checkSupported(option);
    return open().getOption(option);
  }

  private void checkSupported(SocketOption<?> option) {
    if (!isSupported(option)) {
      throw new UnsupportedOperationException("'" + option + "' not supported");
    }
  }

  /** Returns whether the socket supports an option of the channel. */
  boolean isSupported(SocketOption<?> option) {
    return true;
  }

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    C current = channel;
    return current == null
        ? Set.of()
        : current.supportedOptions().stream()
            .filter(this::isSupported)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns whether the caller is an interrupted virtual thread. Platform threads ignore an interrupt. */
  static boolean isInterrupted() {
    Thread caller = Thread.currentThread();
    return caller.isVirtual() && caller.isInterrupted();
  }
}
