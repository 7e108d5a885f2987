package dev.weft.thread;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Objects;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a loop for code that takes a {@link SocketFactory} or a {@link ServerSocketFactory}. They behave as
 * the JDK's own, but threads that wait for them wait on the loop's selector, see {@link EventLoop#newSocket}.
 * {@code SSLSocketFactory.createSocket(socket, host, port, autoClose)} adds TLS as usual. Any thread may create and use
 * them.
 *
 * <pre>{@code
 * SocketFactory sockets = LoopSockets.socketFactory(loop);
 * Socket socket = sockets.createSocket("127.0.0.1", 6379); // parks the calling task, not the loop
 * }</pre>
 *
 * <p>If a task connects by a host's name, Weft resolves the name off the loop. An {@link InetSocketAddress} resolves a
 * name in the thread that creates it. In a task this blocks the loop, as any look-up by the JDK does.
 *
 * <p>A pinned thread of the loop blocks the loop while it waits, and the loop cannot wake it. A thread is pinned inside
 * a class's initialiser, and before JDK 24 inside {@code synchronized}. The wait fails with an
 * {@link IllegalStateException} when the loop's watchdog has noticed it, after some seconds. A wait for one of the
 * JDK's own sockets blocks the loop only until the socket is ready.
 *
 * <p>A socket that the program drops without closing it stays open until its loop is closed.
 */
public final class LoopSockets {

  private LoopSockets() {}

  /**
   * Returns a factory of a loop's sockets. Never suspends. Any thread.
   *
   * @param loop the loop
   * @return the factory
   */
  public static SocketFactory socketFactory(EventLoop loop) {
    return new Sockets(Objects.requireNonNull(loop, "loop"));
  }

  /**
   * Returns a factory of a loop's listening sockets, which accept sockets of the loop. Never suspends. Any thread.
   *
   * @param loop the loop
   * @return the factory
   */
  public static ServerSocketFactory serverSocketFactory(EventLoop loop) {
    return new ServerSockets(Objects.requireNonNull(loop, "loop"));
  }

  private static final class Sockets extends SocketFactory {

    private final EventLoop loop;

    Sockets(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public Socket createSocket() throws IOException {
      return loop.newSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return connected(null, resolved(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
        throws IOException {
      return connected(new InetSocketAddress(localHost, localPort), resolved(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return connected(null, new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) throws IOException {
      return connected(
          new InetSocketAddress(localAddress, localPort), new InetSocketAddress(address, port));
    }

    /** Resolves a host and takes the first address only, as the JDK's sockets do. */
    private InetSocketAddress resolved(String host, int port) throws IOException {
      boolean canAwait = Task.current().filter(task -> task.getLoop() == loop).isPresent();
      return canAwait
          ? loop.getaddrinfo(host, port).get(0)
          : new InetSocketAddress(InetAddress.getByName(host), port);
    }

    private Socket connected(@Nullable SocketAddress local, SocketAddress remote)
        throws IOException {
      Socket socket = loop.newSocket();
      try {
        if (local != null) {
          socket.bind(local);
        }
        socket.connect(remote);
        return socket;
      } catch (Throwable error) {
        socket.close();
        throw error;
      }
    }
  }

  private static final class ServerSockets extends ServerSocketFactory {

    /** The default backlog that {@code ServerSocket} documents. */
    private static final int BACKLOG = 50;

    private final EventLoop loop;

    ServerSockets(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public ServerSocket createServerSocket() {
      return loop.newServerSocket();
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return createServerSocket(port, BACKLOG, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return createServerSocket(port, backlog, null);
    }

    /** Creates a bound socket. If {@code address} is null, the socket is bound to all addresses of the machine. */
    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address)
        throws IOException {
      ServerSocket socket = loop.newServerSocket();
      try {
        socket.bind(new InetSocketAddress(address, port), backlog);
        return socket;
      } catch (Throwable error) {
        socket.close();
        throw error;
      }
    }
  }
}
