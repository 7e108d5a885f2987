package dev.weft.thread;

import dev.weft.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Objects;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A factory of loops' sockets for drivers that are told the name of a class: {@code
 * socketFactory=dev.weft.thread.LoopSocketFactory} for PostgreSQL's. Where a program can hand over an object, {@link
 * LoopSockets} is simpler.
 *
 * <pre>{@code
 * LoopSocketFactory.setDefaultLoop(loop);
 * config.setJdbcUrl("jdbc:postgresql://host/db?socketFactory=dev.weft.thread.LoopSocketFactory");
 * }</pre>
 *
 * <p>A socket belongs to the loop on which it is made. One that is made elsewhere, as by the threads of a connection pool,
 * belongs to the {@linkplain #setDefaultLoop default loop} if there is one and it runs; otherwise it is one of the
 * JDK's, which tasks can use as well. As any socket of a loop, it fails once the loop is closed, and whoever waits for
 * it waits as long as the loop does not run: so a pool's loop should be one that runs as long as the pool is used. Any thread.
 */
public final class LoopSocketFactory extends SocketFactory {

  private static volatile @Nullable EventLoop defaultLoop; // null for none

  /** A factory; all are alike. */
  public LoopSocketFactory() {}

  /** A factory: for what asks the class that it is told for its default, as JavaMail and JNDI do. */
  public static SocketFactory getDefault() {
    return new LoopSocketFactory();
  }

  /**
   * Sets whose sockets threads of no loop get from now on. One that is closed is forgotten.
   *
   * @param loop whose tasks use the connections
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
