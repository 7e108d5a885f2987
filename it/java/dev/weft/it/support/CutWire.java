package dev.weft.it.support;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;

/**
 * A wire between a client and a server of TLS, for one connection, that breaks in the middle of the first large record
 * that goes in one direction.
 */
public final class CutWire implements AutoCloseable {

  /** Records of more bytes are data, not of the handshake. */
  private static final int LARGE = 4096;

  private static final int HEADER = 5;

  private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  private final int target;
  private final boolean fromClient;
  private final boolean reset;
  private final CountDownLatch made;

  /**
   * Listens.
   *
   * @param target the server's port
   * @param fromClient in which direction the record goes
   * @param reset whether the connections are reset; else their end comes in order, but for the record
   * @param made opened when the receiver has a connection: a reset before would end its handshake
   */
  public CutWire(int target, boolean fromClient, boolean reset, CountDownLatch made)
      throws IOException {
    this.target = target;
    this.fromClient = fromClient;
    this.reset = reset;
    this.made = made;
    Thread.ofPlatform().daemon().start(this::accept);
  }

  /** Where the client is to connect. */
  public int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    try (Socket client = listening.accept();
        Socket server = new Socket("127.0.0.1", target)) {
      Socket from = fromClient ? client : server;
      Socket to = fromClient ? server : client;
      Thread back = Thread.ofPlatform().daemon().start(() -> copy(to, from));
      copyUntilCut(from, to);
      made.await();
      if (reset) {
        to.setSoLinger(true, 0);
        from.setSoLinger(true, 0);
      } else {
        to.shutdownOutput();
        back.join(); // the receiver's answer, and its end
      }
    } catch (IOException | InterruptedException gone) {
      // the test is over
    }
  }

  private static void copyUntilCut(Socket from, Socket to) throws IOException {
    var in = new DataInputStream(from.getInputStream());
    OutputStream out = to.getOutputStream();
    while (true) {
      byte[] header = in.readNBytes(HEADER);
      int length = Short.toUnsignedInt(ByteBuffer.wrap(header).getShort(3));
      out.write(header);
      if (length > LARGE) {
        out.write(in.readNBytes(length / 2));
        return;
      }
      out.write(in.readNBytes(length));
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // no more data
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
