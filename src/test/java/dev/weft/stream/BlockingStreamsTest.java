package dev.weft.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Readers and writers as the JDK's blocking streams. */
class BlockingStreamsTest {

  private final Order order = new Order();

  @Test
  @DisplayName("reading parks only the task that reads, until there is data")
  void parks() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var reader = new StreamReader(loop, 1024);
      InputStream in = reader.asInputStream();
      Task<Void> reading = loop.createTask(() -> {
        order.expect(2);
        assertEquals('a', in.read());
        assertEquals(1, in.available());
        assertEquals(0xff, in.read());
        order.expect(4);
        assertEquals(-1, in.read(new byte[3], 1, 2));
        assertEquals(-1, in.read());
      });
      loop.callSoon(() -> {
        order.expect(3);
        reader.feedData(ByteBuffer.wrap(new byte[] {'a', (byte) 0xff}));
        loop.callSoon(reader::feedEof);
      });
      order.expect(1);
      reading.await();
      order.finish(5);
    });
  }

  @Test
  @DisplayName(
      "read fills the given range of an array and nothing outside it; an empty range reads nothing")
  void ranges() {
    Loops.run(() -> {
      var reader = new StreamReader(EventLoop.getRunningLoop(), 1024);
      InputStream in = reader.asInputStream();
      reader.feedData(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      byte[] target = new byte[4];
      assertEquals(0, in.read(target, 4, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> in.read(target, 3, 2));
      assertEquals(2, in.read(target, 1, 2));
      assertEquals(ByteBuffer.wrap(new byte[] {0, 1, 2, 0}), ByteBuffer.wrap(target));
    });
  }

  @Test
  @DisplayName("the JDK's data streams work over a connection; closing the output closes it")
  void overConnection() throws IOException {
    Asyncio.run(() -> {
      try (Server server = Asyncio.startServer(BlockingStreamsTest::square, "127.0.0.1", 0);
          Connection connection = Asyncio.openConnection("127.0.0.1", server.port())) {
        var out = new DataOutputStream(connection.writer().asOutputStream());
        var in = new DataInputStream(connection.reader().asInputStream());
        for (long i = 0; i < 100; i++) {
          out.writeLong(i);
          assertEquals(i * i, in.readLong());
        }
        out.close();
        assertTrue(connection.writer().isClosing());
      }
    });
  }

  private static void square(StreamReader reader, StreamWriter writer) throws IOException {
    var in = new DataInputStream(reader.asInputStream());
    try (var out = new DataOutputStream(writer.asOutputStream())) {
      while (true) {
        long value = in.readLong();
        out.writeLong(value * value);
      }
    } catch (EOFException end) {
      // the client closed the connection
    }
  }
}
