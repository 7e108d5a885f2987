package dev.weft.selector;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/*
 * The behaviour, including the texts of exceptions, is that of the JDK's own sockets (sun.nio.ch.NioSocketImpl). Only
 * the wait differs: it parks the thread on the loop. A read calls the system only after the selector has reported the
 * channel, and waits otherwise, because a call without a report would cost each message one more system call. A thread
 * whose peer is always faster never waits, so it yields from time to time.
 */

/** A connected or connecting socket whose blocking calls park on a loop. Any thread. */
final class LoopSocketImpl extends ChannelSocketImpl<SocketChannel> {

  /** A socket with this implementation. The class exists because the constructor of {@code Socket} is protected. */
  private static final class LoopSocket extends Socket {
    private LoopSocket(SelectorEventLoop loop) throws SocketException {
      super(new LoopSocketImpl(loop));
    }
  }

  /** Returns an unconnected socket. */
  static Socket newSocket(SelectorEventLoop loop) throws SocketException {
    return new LoopSocket(loop);
  }

  private final ReentrantLock readLock = new ReentrantLock(); // also held while connecting
  private final ReentrantLock writeLock = new ReentrantLock();

  // guarded by readLock
  private boolean endRead;
  private int readSinceWait;

  // guarded by writeLock
  private int writtenSinceWait;

  LoopSocketImpl(SelectorEventLoop loop) {
    super(loop);
  }

  // ---- life

  @Override
  protected void create(boolean stream) throws IOException {
    if (!stream) {
      throw new IOException("Datagram socket creation not supported");
    }
    adopt(SocketChannel.open());
  }

  /** Takes over a connection that a server socket has accepted. */
  void accepted(SocketChannel connection) throws IOException {
    adopt(connection);
    rememberAddresses();
  }

  /** Stores the addresses. Does not call the channel's {@code socket()}, because the channel would keep its result. */
  @SuppressWarnings("NullAway") // the channel is set
  private void rememberAddresses() throws IOException {
    var remote = (InetSocketAddress) channel.getRemoteAddress();
    address = remote.getAddress();
    port = remote.getPort();
    rememberLocalPort();
  }

  @SuppressWarnings("NullAway") // the channel is set
  private void rememberLocalPort() throws IOException {
    localport = ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  @Override
  protected void connect(String host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(InetAddress address, int port) throws IOException {
    connect(new InetSocketAddress(address, port), 0);
  }

  @Override
  protected void connect(SocketAddress remote, int millis) throws IOException {
    if (!(remote instanceof InetSocketAddress inet)) {
      throw new IOException("Unsupported address type");
    }
    try {
      if (inet.isUnresolved()) {
        throw new UnknownHostException(inet.getHostString());
      }
      readLock.lock();
      try {
        connectNow(inet, millis);
      } finally {
        readLock.unlock();
      }
    } catch (InterruptedIOException e) {
      close();
      if (e instanceof SocketTimeoutException) {
        throw e;
      }
      throw new SocketException("Closed by interrupt");
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void connectNow(InetSocketAddress remote, int millis) throws IOException {
    SocketChannel connecting = open();
    try {
      boolean connected = connecting.connect(remote);
      while (!connected) {
        if (!io.await(io.output, SelectionKey.OP_CONNECT, TimeUnit.MILLISECONDS.toNanos(millis))) {
          throw new SocketTimeoutException("Connect timed out");
        }
        io.output.ready = false;
        connected = connecting.finishConnect();
      }
      rememberAddresses();
    } catch (ClosedChannelException e) {
      throw new SocketException("Socket closed");
    } catch (AlreadyConnectedException e) {
      throw new SocketException("Already connected");
    } catch (UnresolvedAddressException e) {
      throw new UnknownHostException(remote.getHostString());
    }
  }

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    open().bind(new InetSocketAddress(host, port));
    rememberLocalPort();
  }

  @Override
  protected void listen(int backlog) {
    throw new UnsupportedOperationException("listen"); // only ServerSocket calls it
  }

  @Override
  protected void accept(SocketImpl connection) {
    throw new UnsupportedOperationException("accept"); // only ServerSocket calls it
  }

  private SocketChannel connected() throws SocketException {
    SocketChannel current = open();
    if (!current.isConnected()) {
      throw new SocketException(current.isOpen() ? "Not connected" : "Socket closed");
    }
    return current;
  }

  // ---- reading

  @Override
  protected InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return LoopSocketImpl.this.read(target, offset, length);
      }

      @Override
      public int available() throws IOException {
        return LoopSocketImpl.this.available();
      }

      @Override
      public void close() throws IOException {
        LoopSocketImpl.this.close();
      }
    };
  }

  @Override
  protected int available() throws IOException {
    SocketChannel current = connected();
    return current.socket().isInputShutdown()
        ? 0
        : current.socket().getInputStream().available();
  }

  private int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    long nanos = timeoutNanos();
    lockForReading(nanos);
    try {
      if (endRead) {
        return -1;
      }
      SocketChannel current = connected();
      int count;
      boolean first = isInterrupted(); // an interrupted thread still reads data that has arrived
      do {
        if (!io.input.ready && !first) {
          readSinceWait = 0;
          if (!io.await(io.input, SelectionKey.OP_READ, nanos)) {
            throw new SocketTimeoutException("Read timed out");
          }
        }
        first = false;
        io.input.ready = false;
        count = receive(current, target, offset, length);
      } while (count == 0);
      endRead = count < 0;
      if (count == length) {
        io.input.ready = true; // more data may have arrived
        readSinceWait = letOthersGo(readSinceWait + count);
      }
      return count;
    } catch (IOException e) {
      throw asOfSocket(e);
    } finally {
      readLock.unlock();
    }
  }

  private void lockForReading(long nanos) throws SocketTimeoutException {
    if (nanos == 0) {
      readLock.lock();
      return;
    }
    boolean interrupted = false;
    long deadline = System.nanoTime() + nanos;
    while (true) {
      try {
        if (!readLock.tryLock()
            && !readLock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          throw new SocketTimeoutException("Read timed out");
        }
        return;
      } catch (InterruptedException e) {
        interrupted = true;
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private int receive(SocketChannel current, byte[] target, int offset, int length)
      throws IOException {
    if (!loop.isOnLoop()) {
      return current.read(ByteBuffer.wrap(target, offset, length));
    }
    ByteBuffer direct = loop.buffers.take();
    try {
      direct.limit(Math.min(length, direct.capacity()));
      int count = current.read(direct);
      if (count > 0) {
        direct.get(0, target, offset, count);
      }
      return count;
    } finally {
      loop.buffers.give(direct);
    }
  }

  // ---- writing

  @Override
  protected OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        LoopSocketImpl.this.write(source, offset, length);
      }

      @Override
      public void close() throws IOException {
        LoopSocketImpl.this.close();
      }
    };
  }

  private void write(byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    if (length == 0) {
      return;
    }
    writeLock.lock();
    try {
      SocketChannel current = connected();
      for (int sent = 0; sent < length; ) {
        int count = send(current, source, offset + sent, length - sent);
        sent += count;
        writtenSinceWait = letOthersGo(writtenSinceWait + count);
        if (sent < length && count < IoBuffers.READ_SIZE) {
          writtenSinceWait = 0;
          io.output.ready = false;
          io.await(io.output, SelectionKey.OP_WRITE, 0);
        }
      }
    } catch (IOException e) {
      throw asOfSocket(e);
    } finally {
      writeLock.unlock();
    }
  }

  private int send(SocketChannel current, byte[] source, int offset, int length)
      throws IOException {
    if (!loop.isOnLoop()) {
      return current.write(ByteBuffer.wrap(source, offset, Math.min(length, IoBuffers.READ_SIZE)));
    }
    ByteBuffer direct = loop.buffers.take();
    try {
      int count = Math.min(length, direct.capacity());
      return current.write(direct.put(0, source, offset, count).limit(count));
    } finally {
      loop.buffers.give(direct);
    }
  }

  @Override
  protected boolean supportsUrgentData() {
    return true;
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    writeLock.lock();
    try {
      connected().socket().sendUrgentData(data);
    } catch (ClosedChannelException e) {
      throw new IOException(closed(), e);
    } finally {
      writeLock.unlock();
    }
  }

  /**
   * Yields if the calling thread has moved as many bytes without a wait as a transport moves in a turn.
   *
   * @param moved the number of bytes since the last wait or yield
   * @return the new number
   */
  private int letOthersGo(int moved) {
    if (moved < IoBuffers.READ_SIZE) {
      return moved;
    }
    if (loop.isOnLoop()) {
      Thread.yield();
    }
    return 0;
  }

  private IOException asOfSocket(IOException e) {
    if (e instanceof SocketException || e instanceof InterruptedIOException) {
      return e;
    }
    var failure =
        new SocketException(e instanceof ClosedChannelException ? closed() : e.getMessage());
    failure.initCause(e);
    return failure;
  }

  /** Returns the message for a closed channel. An open channel is shut down for writing. */
  @SuppressWarnings("NullAway") // the channel is set
  private String closed() {
    return channel.isOpen() ? "Broken pipe" : "Socket closed";
  }

  // ---- options

  /** Excludes an option of the channel that sockets have only by its number. */
  @Override
  boolean isSupported(SocketOption<?> option) {
    return !option.name().equals("SO_OOBINLINE");
  }

  // ---- half-closing

  @Override
  protected void shutdownInput() throws IOException {
    connected().shutdownInput();
    io.wake(io.input);
  }

  @Override
  protected void shutdownOutput() throws IOException {
    connected().shutdownOutput();
    io.wake(io.output);
  }
}
