package dev.weft.carrier;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.nio.channels.Channel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Access to the file descriptors of channels. By its descriptor, an end of a pipe has a path under {@code /proc}, which
 * Weft passes to a child process. Works on Linux if Weft has access to {@code sun.nio.ch}; it is optional.
 */
public final class Descriptors {

  private static final Path FOLDER = Path.of("/proc/self/fd");

  private static final @Nullable MethodHandle NUMBER;
  private static final @Nullable MethodHandle DESCRIPTOR;
  private static final @Nullable MethodHandle POLL;
  private static final short BROKEN;
  private static final boolean AVAILABLE;

  static {
    MethodHandle number = null;
    MethodHandle descriptor = null;
    MethodHandle poll = null;
    short broken = 0;
    try {
      Class<?> channel = Class.forName("sun.nio.ch.SelChImpl");
      Class<?> net = Class.forName("sun.nio.ch.Net");
      broken = (short)
          Inside.of(net).findStaticVarHandle(net, "POLLERR", short.class).get();
      descriptor = open(channel.getMethod("getFD"));
      poll = open(net.getDeclaredMethod("poll", FileDescriptor.class, int.class, long.class));
      number = open(channel.getMethod("getFDVal"));
    } catch (ReflectiveOperationException e) {
      // no access, or another JDK: callers ask isAvailable()
    }
    NUMBER = number;
    DESCRIPTOR = descriptor;
    POLL = poll;
    BROKEN = broken;
    AVAILABLE = number != null && Files.isDirectory(FOLDER);
  }

  private Descriptors() {}

  private static MethodHandle open(Method method) throws IllegalAccessException {
    return Inside.of(method.getDeclaringClass()).unreflect(method);
  }

  /** {@return whether the other methods can be called} Any thread. */
  public static boolean isAvailable() {
    return AVAILABLE;
  }

  /**
   * {@return the file descriptor of a channel} Any thread.
   *
   * @param channel an open channel
   */
  @SuppressWarnings("NullAway") // callers ask isAvailable() first
  public static int numberOf(Channel channel) {
    try {
      return (int) NUMBER.invoke(channel);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /**
   * {@return the path under which this process can open a channel's pipe again} Any thread.
   *
   * @param channel an open channel
   */
  public static Path pathOf(Channel channel) {
    return FOLDER.resolve(Integer.toString(numberOf(channel)));
  }

  /**
   * {@return whether every reading end of a pipe is closed} Any thread.
   *
   * @param sink the writing end of the pipe, open
   * @throws IOException if the system call fails
   */
  @SuppressWarnings("NullAway") // callers ask isAvailable() first
  public static boolean isBroken(Channel sink) throws IOException {
    try {
      return ((int) POLL.invoke((FileDescriptor) DESCRIPTOR.invoke(sink), 0, 0L) & BROKEN) != 0;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
