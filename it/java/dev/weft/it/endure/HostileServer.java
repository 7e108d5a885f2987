package dev.weft.it.endure;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;

/** A server of the JDK's blocking sockets for clients of the loop, which it treats badly. */
final class HostileServer implements Closeable {

  /** What a client has to be ready for if its number has that remainder. */
  enum Manner {
    ECHO,
    ECHO_BYTES,
    RESET_AT_ONCE,
    RESET,
    CLOSE,
    HALF_CLOSE,
    GARBAGE,
    SILENCE;

    static Manner of(int id) {
      return values()[id % values().length];
    }
  }

  private static final int THREADS = 12;
  private static final int PATIENCE = 20_000; // milliseconds

  private final ServerSocket listening;
  private final ExecutorService threads = Executors.newFixedThreadPool(
      THREADS, Thread.ofPlatform().daemon().name("hostile-", 0).factory());
  private final Ledger ledger;
  private final SplittableRandom seeds;

  HostileServer(Ledger ledger, SplittableRandom seeds, boolean tls) throws IOException {
    this.ledger = ledger;
    this.seeds = seeds;
    ServerSocketFactory sockets =
        tls ? Tls.SERVER.getServerSocketFactory() : ServerSocketFactory.getDefault();
    listening = sockets.createServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        SplittableRandom random = seeds.split();
        threads.execute(() -> serve(socket, random));
      } catch (IOException error) {
        if (!listening.isClosed() && !Ledger.isScarcity(error)) {
          ledger.violate("the hostile server cannot accept", error);
        }
      }
    }
  }

  private void serve(Socket socket, SplittableRandom random) {
    try (socket) {
      socket.setSoTimeout(PATIENCE);
      talk(socket, random);
    } catch (IOException | Frames.Garbage gone) {
      // as hostile as the server: it is the client whose side is checked
    }
  }

  private static void talk(Socket socket, SplittableRandom random)
      throws IOException, Frames.Garbage {
    var in = new DataInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    int left = random.nextInt(8);
    while (true) {
      byte[] frame = new byte[Frames.HEADER];
      in.readFully(frame);
      frame = Arrays.copyOf(frame, Frames.HEADER + Frames.length(ByteBuffer.wrap(frame)));
      in.readFully(frame, Frames.HEADER, frame.length - Frames.HEADER);
      boolean enough = left-- == 0;
      switch (Manner.of(Frames.id(ByteBuffer.wrap(frame)))) {
        case RESET_AT_ONCE -> {
          socket.setSoLinger(true, 0);
          return;
        }
        case RESET -> {
          out.write(frame);
          if (enough) {
            socket.setSoLinger(true, 0);
            return;
          }
        }
        case CLOSE -> {
          out.write(frame);
          if (enough) {
            return;
          }
        }
        case HALF_CLOSE -> {
          out.write(frame);
          if (enough) {
            socket.shutdownOutput();
            in.readAllBytes();
            return;
          }
        }
        case GARBAGE -> {
          byte[] garbage = new byte[1 + random.nextInt(200)];
          random.nextBytes(garbage);
          garbage[0] = 0;
          out.write(garbage);
        }
        case ECHO_BYTES -> {
          for (byte each : frame) {
            out.write(each);
          }
        }
        case SILENCE -> {
          // reads, and never answers
        }
        default -> out.write(frame);
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdown();
    try {
      ledger.hold(
          threads.awaitTermination(PATIENCE, TimeUnit.MILLISECONDS),
          "a hostile server's thread hangs");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
