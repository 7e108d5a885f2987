package dev.weft.it.endure;

import dev.weft.it.endure.Frames.Garbage;
import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Ledger.Heard;
import dev.weft.it.endure.Script.Fault;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.TimerHandle;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.IncompleteReadException;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.task.Timeouts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;

/** A server's handler over streams that sends each frame back, and has the faults of its script. */
final class Handling implements ClientHandler {

  private final Ledger ledger;

  Handling(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void handle(StreamReader reader, StreamWriter writer) {
    new Client(reader, writer).handle();
  }

  private final class Client {

    private final StreamReader reader;
    private final StreamWriter writer;
    private final Conversation conversation = new Conversation(ledger);
    private TimerHandle cancelling; // null if no task is about to cancel

    Client(StreamReader reader, StreamWriter writer) {
      this.reader = reader;
      this.writer = writer;
    }

    void handle() {
      ledger.onCarrier();
      ledger.count(Count.CONNECTIONS_MADE);
      ledger.track(Task.current().orElseThrow());
      try {
        talk();
        writer.close();
      } catch (Garbage garbage) {
        conversation.garbage();
      } catch (IOException lost) {
        ledger.count(Count.RESETS);
      } catch (TimeoutException expected) {
        ledger.count(Count.TIMEOUTS);
      } finally {
        end();
      }
      if (conversation.has(Fault.THROW_AT_LOSS)) {
        throw ledger.failure(Heard.BY_HANDLER);
      }
    }

    private void end() {
      ledger.onCarrier();
      if (cancelling != null) {
        cancelling.cancel();
      }
      if (!writer.isClosing()) {
        writer.transport().abort();
      }
      for (int attempt = 0; ; attempt++) {
        try {
          writer.waitClosed();
          break;
        } catch (IOException reason) {
          break;
        } catch (CancelledError late) { // it was asked for before
          ledger.hold(attempt == 0, "cancelled twice: " + conversation);
        }
      }
      ledger.count(Count.CONNECTIONS_LOST);
    }

    /** Handles frames until the end of the stream, or a fault. */
    private void talk() throws IOException, Garbage, TimeoutException {
      while (true) {
        byte[] header;
        try {
          header = reader.readexactly(Frames.HEADER);
        } catch (IncompleteReadException end) {
          if (conversation.has(Fault.THROW_AT_END)) {
            throw ledger.failure(Heard.BY_HANDLER);
          }
          return;
        }
        int length = Frames.length(ByteBuffer.wrap(header));
        byte[] frame = Arrays.copyOf(header, Frames.HEADER + length);
        System.arraycopy(reader.readexactly(length), 0, frame, Frames.HEADER, length);
        Fault fault = conversation.take(frame);
        writer.write(frame);
        writer.drain();
        ledger.onCarrier();
        if (!goesOn(fault)) {
          return;
        }
      }
    }

    private boolean goesOn(Fault fault) throws IOException, Garbage, TimeoutException {
      var delay = Duration.ofMillis(conversation.millis());
      switch (fault) {
        case PAUSE -> Task.sleep(delay);
        case THROW -> throw ledger.failure(Heard.BY_HANDLER);
        case CANCEL -> {
          cancelling =
              EventLoop.getRunningLoop().callLater(delay, Task.current().orElseThrow()::cancel);
        }
        case TIMEOUT -> {
          inTime(delay);
          return false;
        }
        case ABORT -> {
          writer.transport().abort();
          return false;
        }
        case CLOSE -> {
          return false;
        }
        default -> {}
      }
      return true;
    }

    private void inTime(Duration delay) throws IOException, Garbage, TimeoutException {
      var ended = new Exception[1];
      Timeouts.timeout(delay, timeout -> {
        try {
          talk();
        } catch (IOException | Garbage end) {
          ended[0] = end;
        }
        return null;
      });
      if (ended[0] instanceof Garbage garbage) {
        throw garbage;
      } else if (ended[0] instanceof IOException error) {
        throw error;
      }
    }
  }
}
