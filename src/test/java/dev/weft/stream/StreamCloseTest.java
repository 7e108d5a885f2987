package dev.weft.stream;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.openConnection;
import static dev.weft.Asyncio.sleep;
import static dev.weft.Asyncio.startServer;
import static dev.weft.stream.Bytes.assertBytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a stream, and the calls that throw its error. */
class StreamCloseTest {

  @Test
  @DisplayName("STR-19: close only begins to close; waitClosed returns when the connection is lost")
  void waitsForTheLoss() {
    Loops.run(() -> {
      var side = new Side();
      Task<Void> before = createTask(() -> side.writer.waitClosed());
      Task<Void> alongside = createTask(() -> side.writer.waitClosed());
      sleep(Duration.ZERO);
      side.writer.close();
      assertTrue(side.writer.isClosing());
      sleep(Duration.ZERO);
      assertFalse(before.done());
      side.protocol.connectionLost(null);
      await(before);
      await(alongside);
      side.writer.waitClosed();
    });
  }

  @Test
  @DisplayName("STR-19: waitClosed throws the error that ended the connection, to each caller")
  void throwsTheError() {
    Loops.run(() -> {
      var side = new Side();
      var failure = new IOException("reset");
      var one = createTask(() -> assertThrows(IOException.class, side.writer::waitClosed));
      var two = createTask(() -> assertThrows(IOException.class, side.writer::waitClosed));
      sleep(Duration.ZERO);
      side.protocol.connectionLost(failure);
      assertSame(failure, await(one));
      assertSame(failure, await(two));
      assertSame(failure, assertThrows(IOException.class, side.writer::waitClosed));
    });
  }

  @Test
  @DisplayName("STR-19: cancelling one waitClosed does not end another or a later one")
  void cancelledWaiter() {
    Loops.run(() -> {
      var side = new Side();
      Task<Void> first = createTask(() -> side.writer.waitClosed());
      Task<Void> second = createTask(() -> side.writer.waitClosed());
      sleep(Duration.ZERO);
      first.cancel();
      assertThrows(CancelledError.class, () -> await(first));
      sleep(Duration.ZERO);
      assertFalse(second.done());
      side.protocol.connectionLost(null);
      await(second);
      side.writer.waitClosed();
    });
  }

  @Test
  @DisplayName("STR-19: an error for which no task waits is not reported")
  void notReported() {
    var reports = new ArrayList<ExceptionContext>();
    try (EventLoop loop = Loops.newLoop()) {
      loop.setExceptionHandler((l, context) -> reports.add(context));
      loop.runUntilComplete(() -> {
        var side = new Side();
        side.protocol.connectionLost(new IOException("reset"));
        sleep(Duration.ZERO);
      });
    } // the close reports each failure that no code has retrieved
    assertEquals(List.of(), reports);
  }

  @Test
  @DisplayName("STR-20: a clean loss is the end of data, also for a waiting read")
  void cleanLoss() {
    Loops.run(() -> {
      var side = new Side();
      var reading = createTask(() -> side.reader.read(9));
      sleep(Duration.ZERO);
      side.protocol.connectionLost(null);
      assertBytes("", await(reading));
      assertTrue(side.reader.atEof());
    });
  }

  @Test
  @DisplayName("STR-20: after a loss by an error, reads throw that error")
  void brokenLoss() {
    Loops.run(() -> {
      var side = new Side();
      var failure = new IOException("reset");
      var reading = createTask(() -> assertThrows(IOException.class, () -> side.reader.read(9)));
      sleep(Duration.ZERO);
      side.protocol.connectionLost(failure);
      assertSame(failure, await(reading));
      assertSame(failure, assertThrows(IOException.class, () -> side.reader.read(9)));
    });
  }

  @Test
  @DisplayName("STR-20: after closing the writer the reader is at its end, on a real connection")
  void closingEndsTheReader() {
    Loops.run(() -> {
      ClientHandler reading = (reader, writer) -> reader.read();
      try (Server server = startServer(reading, "127.0.0.1", 0)) {
        Connection connection = openConnection("127.0.0.1", server.port());
        connection.close();
        assertBytes("", connection.reader().read(9));
        connection.writer().waitClosed();
        assertTrue(connection.reader().atEof());
      }
    });
  }

  @Test
  @DisplayName(
      "STR-21: the peer's end of data leaves the stream half open, so an answer is possible")
  void halfOpen() {
    Loops.run(() -> {
      ClientHandler answering = (reader, writer) -> {
        byte[] all = reader.read();
        assertTrue(reader.atEof());
        assertFalse(writer.isClosing());
        writer.write("got " + all.length);
        writer.drain();
      };
      try (Server server = startServer(answering, "127.0.0.1", 0);
          Connection connection = openConnection("127.0.0.1", server.port())) {
        connection.writer().write("abc");
        connection.writer().writeEof();
        assertBytes("got 3", connection.reader().read());
      }
    });
  }

  /** One side of a connection without a peer. */
  private static final class Side {
    final RecordingTransport transport = new RecordingTransport();
    final StreamReader reader = Bytes.reader(100);
    final StreamReaderProtocol protocol =
        new StreamReaderProtocol(EventLoop.getRunningLoop(), reader, null);
    final StreamWriter writer = new StreamWriter(transport, protocol, reader);
  }
}
