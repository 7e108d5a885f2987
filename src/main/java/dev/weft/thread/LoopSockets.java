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
 * The sockets of a loop for code that takes a {@link SocketFactory} or a {@link ServerSocketFactory}: they
 * behave as the JDK's own, but whoever waits for them waits on the loop's selector, see {@link
 * EventLoop#newSocket}. TLS comes on top as usual, by {@code SSLSocketFactory.createSocket(socket, host, port,
 * autoClose)}. Any thread may make and use them.
 *
 * <pre>{@code
 * SocketFactory sockets = LoopSockets.socketFactory(loop);
 * Socket socket = sockets.createSocket("127.0.0.1", 6379); // parks the calling task, not the loop
 * }</pre>
 *
 * <p>A task that connects by a host's name has it resolved off the loop. An {@link InetSocketAddress} made of
 * a name resolves it where it is made, which stops the loop meanwhile, as any look-up by the JDK does.
 *
 * <p>A thread of the loop that cannot be unmounted stops the loop while it waits, and would wait for ever here, as
 * it is the loop that wakes it: inside a class's initialiser, and before JDK 24 inside {@code synchronized}. The
 * wait fails with an {@link IllegalStateException} once the loop's watchdog has seen that, after some seconds. The
 * JDK's own sockets stop the loop only until they are ready.
 *
 * <p>A socket that is dropped unclosed stays open until its loop is closed.
 */
public final class LoopSockets {

  private LoopSockets() {}

  /** Makes sockets of a loop. */
  public static SocketFactory socketFactory(EventLoop loop) {
    return new Sockets(Objects.requireNonNull(loop, "loop"));
  }

  /** Makes listening sockets of a loop, which accept sockets of it. */
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

    /** As the JDK's sockets do, this takes the first address alone. */
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

    /** What {@code ServerSocket}'s own constructors take: its documentation. */
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

    /** {@code address} may be null: all of the machine's. */
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
