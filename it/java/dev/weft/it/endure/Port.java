package dev.weft.it.endure;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;

/**
 * Where a server of the loop listens.
 *
 * @param reliable whether each connection is served
 */
record Port(String name, SocketAddress address, boolean tls, boolean reliable) {

  private static final int PATIENCE = 60_000; // milliseconds; a call that takes longer hangs

  /** Connects with the JDK's own blocking sockets. */
  Wire connect() throws IOException {
    if (address instanceof UnixDomainSocketAddress) {
      return new UnixWire(SocketChannel.open(address));
    }
    var socket = new Socket();
    try {
      socket.setSoTimeout(PATIENCE);
      socket.setTcpNoDelay(true);
      socket.connect(address, PATIENCE);
      return tls ? new TlsWire(socket) : new TcpWire(socket);
    } catch (Throwable error) {
      socket.close();
      throw error;
    }
  }

  /** A connection without TLS to a server that may want it. */
  Wire connectPlain() throws IOException {
    return new Port(name, address, false, false).connect();
  }

  /** A peer's end of a connection. */
  interface Wire extends Closeable {

    InputStream in() throws IOException;

    OutputStream out() throws IOException;

    /** Ends the sending half; false if this is impossible without closing. */
    boolean endOutput() throws IOException;

    /** Resets the connection. */
    void reset() throws IOException;
  }

  private record TcpWire(Socket socket) implements Wire {

    @Override
    public InputStream in() throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream out() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    public boolean endOutput() throws IOException {
      socket.shutdownOutput();
      return true;
    }

    @Override
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static final class TlsWire implements Wire {

    private final Socket below;
    private final SSLSocket socket;

    TlsWire(Socket below) throws IOException {
      this.below = below;
      socket = (SSLSocket) Tls.CLIENT.getSocketFactory().createSocket(below, "localhost", 0, true);
    }

    @Override
    public InputStream in() throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream out() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    public boolean endOutput() {
      return false;
    }

    @Override
    public void reset() throws IOException {
      below.setSoLinger(true, 0);
      below.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static final class UnixWire implements Wire {

    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    UnixWire(SocketChannel channel) {
      this.channel = channel;
      in = Channels.newInputStream(channel);
      out = Channels.newOutputStream(channel);
    }

    @Override
    public InputStream in() {
      return in;
    }

    @Override
    public OutputStream out() {
      return out;
    }

    @Override
    public boolean endOutput() throws IOException {
      channel.shutdownOutput();
      return true;
    }

    @Override
    public void reset() throws IOException {
      channel.close();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
