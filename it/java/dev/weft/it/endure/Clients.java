package dev.weft.it.endure;

import dev.weft.it.endure.HostileServer.Manner;
import dev.weft.it.endure.Ledger.Count;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.TimerHandle;
import dev.weft.stream.Connection;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.stream.Streams;
import dev.weft.task.Timeouts;
import dev.weft.transport.ConnectionOptions;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;

/** Clients of the loop, with time limits and cancellations, of a server that is hostile. */
final class Clients {

  private final Ledger ledger;
  private final EventLoop loop = EventLoop.getRunningLoop();
  private final SplittableRandom random;
  private final int port;
  private final ConnectionOptions options;
  private int lastId;

  /**
   * @param port of a {@link HostileServer}
   */
  Clients(Ledger ledger, SplittableRandom random, int port, ConnectionOptions options) {
    this.ledger = ledger;
    this.random = random;
    this.port = port;
    this.options = options;
  }

  /** One connection. Suspends. */
  void one() {
    int id = ++lastId;
    ledger.operation(Count.CONVERSATIONS);
    int frames = 1 + random.nextInt(10);
    int largest = random.nextInt(10) == 0 ? Frames.LARGEST : 200;
    var limit = Duration.ofMillis(1 + random.nextInt(20));
    boolean endless = Manner.of(id) == Manner.SILENCE || Manner.of(id) == Manner.GARBAGE;
    int ending = random.nextInt(endless ? 2 : 4);
    Task<Void> talking = ledger.track(loop.createTask(() -> {
      if (ending == 0) {
        try {
          Timeouts.timeout(limit, timeout -> {
            connect(id, frames, largest);
            return null;
          });
        } catch (TimeoutException late) {
          ledger.count(Count.TIMEOUTS);
        }
      } else {
        connect(id, frames, largest);
      }
    }));
    TimerHandle cancelling = ending == 1 ? loop.callLater(limit, talking::cancel) : null;
    try {
      talking.await();
    } catch (CancelledError expected) {
      ledger.hold(talking.cancelled() && ending == 1, "cancelled without a request");
      ledger.operation(Count.CANCELLATIONS);
    } finally {
      if (cancelling != null) {
        cancelling.cancel();
      }
    }
  }

  private void connect(int id, int frames, int largest) {
    Connection connection;
    try {
      connection = Streams.openConnection("127.0.0.1", port, StreamReader.DEFAULT_LIMIT, options);
    } catch (IOException error) {
      ledger.hold(Ledger.isScarcity(error), "cannot connect: " + error);
      return;
    }
    ledger.count(Count.CONNECTIONS_MADE);
    StreamWriter writer = connection.writer();
    int answered = 0;
    try {
      for (; answered < frames; answered++) {
        byte[] frame = Frames.frame(id, answered, largest);
        writer.write(frame);
        writer.drain();
        byte[] answer = connection.reader().readexactly(frame.length);
        ledger.onCarrier();
        ledger.hold(
            Manner.of(id) == Manner.GARBAGE || Frames.is(answer, id, answered),
            "not answer " + answered + " to client " + id);
        ledger.operation(Count.FRAMES);
      }
      writer.close();
    } catch (EOFException ended) {
      ledger.hold(Manner.of(id) != Manner.ECHO, "the end after answer " + answered);
    } catch (IOException broken) {
      ledger.count(Count.RESETS);
      ledger.hold(Manner.of(id) != Manner.ECHO, "broken: " + broken);
    } finally {
      end(writer);
    }
  }

  private void end(StreamWriter writer) {
    if (!writer.isClosing()) {
      writer.transport().abort();
    }
    for (boolean cancelled = false; ; cancelled = true) {
      try {
        writer.waitClosed();
        break;
      } catch (IOException reason) {
        break;
      } catch (CancelledError late) { // it was asked for before
        ledger.hold(!cancelled, "cancelled twice");
      }
    }
    ledger.count(Count.CONNECTIONS_LOST);
  }
}
