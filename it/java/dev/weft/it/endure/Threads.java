package dev.weft.it.endure;

import dev.weft.it.endure.Frames.Garbage;
import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Ledger.Heard;
import dev.weft.it.endure.Script.Fault;
import dev.weft.loop.EventLoop;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** A server with a blocking thread for each connection, all on the loop, that has the faults of its scripts. */
final class Threads {

  private final Ledger ledger;
  private final EventLoop loop = EventLoop.getRunningLoop();
  private final ServerSocket listening;
  private final Set<Thread> serving = new HashSet<>();
  private Thread accepting;

  /**
   * @param listening one of the loop's
   */
  Threads(Ledger ledger, ServerSocket listening) {
    this.ledger = ledger;
    this.listening = listening;
  }

  void start() {
    accepting = loop.newThread(this::accept, "accept");
    accepting.start();
  }

  private void accept() {
    while (!listening.isClosed()) {
      ledger.onCarrier();
      try {
        Socket socket = listening.accept();
        Thread thread = loop.newThread(() -> serve(socket), "serve");
        serving.add(thread);
        thread.start();
      } catch (IOException error) {
        if (Ledger.isScarcity(error)) {
          ledger.count(Count.DESCRIPTORS_DENIED);
          pause(10);
        } else {
          ledger.hold(listening.isClosed(), "accept: " + error);
        }
      }
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Socket socket) {
    ledger.count(Count.CONNECTIONS_MADE);
    var conversation = new Conversation(ledger);
    try (socket) {
      talk(socket, conversation);
      if (conversation.has(Fault.THROW_AT_END)) {
        throw ledger.failure(Heard.BY_HANDLER);
      }
    } catch (Garbage garbage) {
      conversation.garbage();
    } catch (IOException lost) {
      ledger.count(Count.RESETS);
    } finally {
      ledger.onCarrier();
      serving.remove(Thread.currentThread());
      ledger.count(Count.CONNECTIONS_LOST);
    }
  }

  private void talk(Socket socket, Conversation conversation) throws IOException, Garbage {
    var in = new DataInputStream(socket.getInputStream());
    while (true) {
      byte[] frame = new byte[Frames.HEADER];
      int first = in.read();
      if (first < 0) {
        return;
      }
      frame[0] = (byte) first;
      in.readFully(frame, 1, Frames.HEADER - 1);
      frame = Arrays.copyOf(frame, Frames.HEADER + Frames.length(ByteBuffer.wrap(frame)));
      in.readFully(frame, Frames.HEADER, frame.length - Frames.HEADER);
      Fault fault = conversation.take(frame);
      var delay = Duration.ofMillis(conversation.millis());
      if (fault == Fault.TIMEOUT) {
        loop.callLater(delay, () -> closeQuietly(socket)); // before it blocks in a write
      }
      socket.getOutputStream().write(frame);
      ledger.onCarrier();
      switch (fault) {
        case PAUSE -> pause(conversation.millis());
        case THROW -> throw ledger.failure(Heard.BY_HANDLER);
        case CANCEL -> loop.callLater(delay, Thread.currentThread()::interrupt);
        case ABORT -> {
          socket.setSoLinger(true, 0);
          return;
        }
        case CLOSE -> {
          return;
        }
        default -> {}
      }
    }
  }

  private void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException error) {
      ledger.violate("close failed", error);
    }
  }

  /** Stops accepting, and waits for the threads to end. Suspends. */
  void close() throws IOException, InterruptedException {
    listening.close();
    accepting.join();
    for (Thread each : Set.copyOf(serving)) {
      each.join();
    }
  }
}
