package dev.weft.stream;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.openConnection;
import static dev.weft.Asyncio.sleep;
import static dev.weft.Asyncio.startServer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.transport.WriteBufferLimits;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The method {@code StreamWriter.drain}. */
class DrainTest {

  private final Order order = new Order();

  @Test
  @DisplayName("STR-15: if there is room in the buffer, drain returns without running other code")
  void noSuspension() {
    Loops.run(() -> {
      var side = new Side();
      side.loop.callSoon(() -> order.expect(2));
      side.writer.drain();
      order.expect(1);
      sleep(Duration.ZERO);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("STR-15: drain throws the reader's failure first, even if the connection is lost")
  void readersFailureFirst() {
    Loops.run(() -> {
      var side = new Side();
      var failure = new IOException("reset");
      side.transport.close();
      side.protocol.connectionLost(failure);
      side.loop.callSoon(() -> order.expect(2));
      assertSame(failure, assertThrows(IOException.class, side.writer::drain));
      order.expect(1);
      sleep(Duration.ZERO);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("STR-15: on a closing stream drain waits one turn for the loss, and throws it")
  void closing() {
    Loops.run(() -> {
      var side = new Side();
      side.transport.whenClosed =
          () -> side.loop.callSoon(() -> side.protocol.connectionLost(null));
      side.writer.close();
      assertThrows(SocketException.class, side.writer::drain);
    });
  }

  @Test
  @DisplayName("STR-15: on a closing stream that is not lost yet drain returns after one turn")
  void closingSlowly() {
    Loops.run(() -> {
      var side = new Side();
      side.writer.close();
      side.loop.callSoon(() -> order.expect(1));
      side.writer.drain();
      order.finish(2);
    });
  }

  @Test
  @DisplayName("STR-15: on a lost connection drain throws, paused or not")
  void lost() {
    Loops.run(() -> {
      var side = new Side();
      side.protocol.connectionLost(null);
      assertThrows(SocketException.class, side.writer::drain);
      side.protocol.pauseWriting();
      assertThrows(SocketException.class, side.writer::drain);
    });
  }

  @Test
  @DisplayName("STR-15, STR-16: any number of tasks wait for the transport to resume, in order")
  void manyDrainers() {
    Loops.run(() -> {
      var side = new Side();
      side.protocol.pauseWriting();
      var tasks = new ArrayList<Task<Void>>();
      for (int i = 0; i < 3; i++) {
        int step = i + 2;
        tasks.add(createTask(() -> {
          side.writer.drain();
          order.expect(step);
        }));
      }
      sleep(Duration.ZERO);
      sleep(Duration.ZERO);
      order.expect(1);
      side.protocol.resumeWriting();
      tasks.forEach(task -> await(task));
      order.finish(5);
      side.writer.drain();
    });
  }

  @Test
  @DisplayName("STR-16: cancelling one drain does not end another")
  void cancelledDrainer() {
    Loops.run(() -> {
      var side = new Side();
      side.protocol.pauseWriting();
      Task<Void> first = createTask(() -> side.writer.drain());
      Task<Void> second = createTask(() -> side.writer.drain());
      sleep(Duration.ZERO);
      first.cancel();
      side.protocol.resumeWriting();
      assertThrows(CancelledError.class, () -> await(first));
      await(second);
    });
  }

  @Test
  @DisplayName("STR-15: a pause after the resumption delays the next drain, not the woken one")
  void pausedAgain() {
    Loops.run(() -> {
      var side = new Side();
      side.protocol.pauseWriting();
      Task<Void> first = createTask(() -> side.writer.drain());
      sleep(Duration.ZERO);
      side.protocol.resumeWriting();
      side.protocol.pauseWriting();
      Task<Void> second = createTask(() -> side.writer.drain());
      await(first);
      sleep(Duration.ZERO);
      assertFalse(second.done());
      side.protocol.resumeWriting();
      await(second);
    });
  }

  @Test
  @DisplayName(
      "STR-18: after a clean loss the tasks in drain return; after an error each throws it")
  void lossWakes() {
    Loops.run(() -> {
      var clean = new Side();
      clean.protocol.pauseWriting();
      Task<Void> returns = createTask(() -> clean.writer.drain());
      sleep(Duration.ZERO);
      clean.protocol.connectionLost(null);
      await(returns);

      var broken = new Side();
      var failure = new IOException("reset");
      broken.protocol.pauseWriting();
      var one = createTask(() -> assertThrows(IOException.class, broken.writer::drain));
      var two = createTask(() -> assertThrows(IOException.class, broken.writer::drain));
      sleep(Duration.ZERO);
      broken.protocol.connectionLost(failure);
      assertSame(failure, await(one));
      assertSame(failure, await(two));
    });
  }

  @Test
  @DisplayName("STR-17: drain returns at the low mark, with bytes still unsent")
  void lowMark() {
    int low = 16 << 20; // bytes, more than the system accepts at once
    int size = 2 * low;
    Loops.run(() -> {
      Future<Void> mayRead = EventLoop.getRunningLoop().createFuture();
      ClientHandler counting = (reader, writer) -> {
        await(mayRead);
        reader.readexactly(size);
      };
      try (Server server = startServer(counting, "127.0.0.1", 0);
          Connection connection = openConnection("127.0.0.1", server.port())) {
        StreamWriter writer = connection.writer();
        writer.transport().setWriteBufferLimits(new WriteBufferLimits(low, low));
        writer.write(new byte[size]);
        assertTrue(writer.transport().getWriteBufferSize() > low);
        Task<Void> draining = createTask(() -> writer.drain());
        sleep(Duration.ZERO);
        sleep(Duration.ZERO);
        assertFalse(draining.done());
        mayRead.setResult(null);
        await(draining);
        int left = writer.transport().getWriteBufferSize();
        assertTrue(left > 0 && left <= low, left + " bytes left");
        assertEquals(0, connection.reader().read(1).length);
      }
    });
  }

  /** One side of a connection without a peer. */
  private static final class Side {
    final EventLoop loop = EventLoop.getRunningLoop();
    final RecordingTransport transport = new RecordingTransport();
    final StreamReader reader = Bytes.reader(100);
    final StreamReaderProtocol protocol = new StreamReaderProtocol(loop, reader, null);
    final StreamWriter writer = new StreamWriter(transport, protocol, reader);

    Side() {
      protocol.connectionMade(transport);
    }
  }
}
