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
 * A seam to the JDK: the system's numbers of channels. With them an end of a pipe has a name under {@code
 * /proc}, by which a child process can be given it. Needs {@code sun.nio.ch} opened to Weft, which is optional,
 * and Linux.
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
      // not opened, or another JDK: callers ask isAvailable()
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

  /** Whether the other methods can be called. */
  public static boolean isAvailable() {
    return AVAILABLE;
  }

  /** The system's number of a channel, while the channel is open. */
  @SuppressWarnings("NullAway") // callers have asked isAvailable()
  public static int numberOf(Channel channel) {
    try {
      return (int) NUMBER.invoke(channel);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** What to open in order to get a channel's pipe anew, in this process, while the channel is open. */
  public static Path pathOf(Channel channel) {
    return FOLDER.resolve(Integer.toString(numberOf(channel)));
  }

  /**
   * Whether nobody has the other end of a pipe's writing end any more.
   *
   * @throws IOException if the system fails
   */
  @SuppressWarnings("NullAway") // callers have asked isAvailable()
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
