package dev.weft.selector;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** A listening socket whose {@code accept} parks on a loop. Any thread. */
final class LoopServerSocketImpl extends ChannelSocketImpl<ServerSocketChannel> {

  /** A server socket that accepts sockets of the same loop. */
  private static final class LoopServerSocket extends ServerSocket {

    private final SelectorEventLoop loop;

    private LoopServerSocket(SelectorEventLoop loop) {
      super(new LoopServerSocketImpl(loop));
      this.loop = loop;
    }

    @Override
    public Socket accept() throws IOException {
      if (isClosed()) {
        throw new SocketException("Socket is closed");
      }
      if (!isBound()) {
        throw new SocketException("Socket is not bound yet");
      }
      Socket connection = LoopSocketImpl.newSocket(loop);
      implAccept(connection);
      return connection;
    }
  }

  /** Returns an unbound server socket. */
  static ServerSocket newSocket(SelectorEventLoop loop) {
    return new LoopServerSocket(loop);
  }

  private final ReentrantLock acceptLock = new ReentrantLock();
  private volatile int trafficClass; // IP_TOS of accepted sockets; 0 for the system's default

  LoopServerSocketImpl(SelectorEventLoop loop) {
    super(loop);
  }

  @Override
  protected void create(boolean stream) throws IOException {
    adopt(ServerSocketChannel.open());
  }

  /** Stores the address. {@link #listen} binds, because a channel binds and listens in one call. */
  @Override
  protected void bind(InetAddress host, int port) {
    address = host;
    localport = port;
  }

  @Override
  protected void listen(int backlog) throws IOException {
    ServerSocketChannel listening = open();
    listening.bind(new InetSocketAddress(address, localport), backlog);
    localport = listening.socket().getLocalPort();
  }

  @Override
  protected void accept(SocketImpl connection) throws IOException {
    SocketChannel accepted = accept();
    try {
      if (trafficClass != 0) {
        accepted.setOption(StandardSocketOptions.IP_TOS, trafficClass);
      }
    } catch (Throwable error) {
      SelectorEventLoop.closeQuietly(accepted);
      throw error;
    }
    ((LoopSocketImpl) connection).accepted(accepted);
  }

  private SocketChannel accept() throws IOException {
    long nanos = timeoutNanos();
    acceptLock.lock();
    try {
      boolean first = isInterrupted(); // an interrupted thread still accepts a waiting connection
      while (true) {
        ServerSocketChannel listening = open();
        if (!io.input.ready && !first && !io.await(io.input, SelectionKey.OP_ACCEPT, nanos)) {
          throw new SocketTimeoutException("Accept timed out");
        }
        first = false;
        io.input.ready = false;
        SocketChannel connection = listening.accept();
        if (connection != null) {
          io.input.ready = true; // more connections may be waiting
          return connection;
        }
      }
    } catch (ClosedChannelException e) {
      throw new SocketException("Socket closed");
    } finally {
      acceptLock.unlock();
    }
  }

  // ---- options: the channel has no IP_TOS, so this class sets it on each accepted connection

  @Override
  protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
    if (option == StandardSocketOptions.IP_TOS) {
      open();
      trafficClass = trafficClass(value);
    } else {
      super.setOption(option, value);
    }
  }

  private static int trafficClass(Object value) {
    if (!(value instanceof Integer number)) {
      throw new IllegalArgumentException("Invalid value '" + value + "'");
    }
    if (number < 0 || number > 255) {
      throw new IllegalArgumentException("Invalid IP_TOS value");
    }
    return number;
  }

  @Override
  protected <T> T getOption(SocketOption<T> option) throws IOException {
    if (option == StandardSocketOptions.IP_TOS) {
      open();
      return option.type().cast(trafficClass);
    }
    return super.getOption(option);
  }

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    var options = new HashSet<>(super.supportedOptions());
    options.add(StandardSocketOptions.IP_TOS);
    return options;
  }

  // ---- methods that ServerSocket never calls

  @Override
  protected void connect(String host, int port) {
    throw new UnsupportedOperationException("connect");
  }

  @Override
  protected void connect(InetAddress address, int port) {
    throw new UnsupportedOperationException("connect");
  }

  @Override
  protected void connect(SocketAddress address, int timeout) {
    throw new UnsupportedOperationException("connect");
  }

  @Override
  protected InputStream getInputStream() {
    throw new UnsupportedOperationException("getInputStream");
  }

  @Override
  protected OutputStream getOutputStream() {
    throw new UnsupportedOperationException("getOutputStream");
  }

  @Override
  protected int available() {
    throw new UnsupportedOperationException("available");
  }

  @Override
  protected void sendUrgentData(int data) {
    throw new UnsupportedOperationException("sendUrgentData");
  }
}
