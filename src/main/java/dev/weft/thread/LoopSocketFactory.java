package dev.weft.thread;

import dev.weft.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Objects;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A factory of loops' sockets for drivers that take the name of a class, for example PostgreSQL's with
 * {@code socketFactory=dev.weft.thread.LoopSocketFactory}. If a driver takes an object, {@link LoopSockets} is simpler.
 *
 * <pre>{@code
 * LoopSocketFactory.setDefaultLoop(loop);
 * config.setJdbcUrl("jdbc:postgresql://host/db?socketFactory=dev.weft.thread.LoopSocketFactory");
 * }</pre>
 *
 * <p>A socket belongs to the loop on which it is created. A socket that is created elsewhere, for example by a thread
 * of a connection pool, belongs to the {@linkplain #setDefaultLoop default loop} if there is one and it runs. Otherwise
 * it is one of the JDK's, which tasks can use as well. Like any socket of a loop, it fails once the loop is closed, and
 * a thread that waits for it waits as long as the loop does not run. So a pool's loop should run as long as the pool is
 * used. Any thread may use the factory.
 */
public final class LoopSocketFactory extends SocketFactory {

  private static volatile @Nullable EventLoop defaultLoop; // null for none

  /** Creates a factory. All factories behave the same. Never suspends. Any thread. */
  public LoopSocketFactory() {}

  /**
   * Returns a factory. JavaMail and JNDI call this method of a factory class. Never suspends. Any thread.
   *
   * @return a new factory
   */
  public static SocketFactory getDefault() {
    return new LoopSocketFactory();
  }

  /**
   * Sets the loop whose sockets are created outside of loops from now on. A loop that is closed is dropped. Never
   * suspends. Any thread.
   *
   * @param loop the loop whose tasks use the connections
   */
  public static void setDefaultLoop(EventLoop loop) {
    defaultLoop = Objects.requireNonNull(loop, "loop");
  }

  private static SocketFactory sockets() {
    try {
      return LoopSockets.socketFactory(EventLoop.getRunningLoop());
    } catch (IllegalStateException none) {
      EventLoop loop = defaultLoop;
      if (loop != null && loop.isClosed()) {
        defaultLoop = null;
      }
      return loop != null && loop.isRunning()
          ? LoopSockets.socketFactory(loop)
          : SocketFactory.getDefault();
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    return sockets().createSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return sockets().createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return sockets().createSocket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return sockets().createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return sockets().createSocket(address, port, localAddress, localPort);
  }
}
