package dev.weft.stream;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.sleep;
import static dev.weft.Asyncio.startServer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.testkit.Loops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A real peer resets the connection during an exchange. */
class StreamResetTest {

  @Test
  @DisplayName(
      "STR-15, STR-18 to STR-20: a reset appears in read, drain and waitClosed as one error")
  void everybodyIsTold() {
    Loops.run(() -> {
      Future<Void> writing = EventLoop.getRunningLoop().createFuture();
      Future<List<Throwable>> told = EventLoop.getRunningLoop().createFuture();
      ClientHandler handler = (reader, writer) -> {
        reader.readexactly(1);
        writer.write(new byte[32 << 20]); // more bytes than the system accepts
        var draining = createTask(() -> assertThrows(IOException.class, writer::drain));
        var closing = createTask(() -> assertThrows(IOException.class, writer::waitClosed));
        writing.setResult(null);
        Throwable read = assertThrows(IOException.class, () -> reader.readexactly(2));
        told.setResult(List.of(read, await(draining), await(closing)));
        assertSame(read, assertThrows(IOException.class, writer::drain));
      };
      try (Server server = startServer(handler, "127.0.0.1", 0)) {
        SocketChannel peer = connect(server);
        peer.write(ByteBuffer.wrap(new byte[] {1, 2}));
        await(writing);
        sleep(Duration.ZERO); // now all three wait
        peer.close();
        List<Throwable> errors = await(told);
        assertSame(errors.get(0), errors.get(1));
        assertSame(errors.get(0), errors.get(2));
      }
    });
  }

  @Test
  @DisplayName("STR-22: in debug mode a handler that a reset ends is reported; the server goes on")
  void serverGoesOn() {
    var reports = new ArrayList<ExceptionContext>();
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.setDebug(true);
      Future<Void> reported = loop.createFuture();
      loop.setExceptionHandler((l, context) -> {
        reports.add(context);
        reported.setResult(null);
      });
      Future<byte[]> second = loop.createFuture();
      ClientHandler handler = (reader, writer) -> {
        byte[] all = reader.read();
        second.setResult(all);
      };
      try (Server server = startServer(handler, "127.0.0.1", 0)) {
        SocketChannel rude = connect(server);
        rude.write(ByteBuffer.wrap(new byte[] {1}));
        rude.close();
        try (SocketChannel polite =
            SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port()))) {
          polite.write(ByteBuffer.wrap(new byte[] {2}));
          polite.shutdownOutput();
          assertEquals(2, await(second)[0]);
          await(reported);
        }
      }
    });
    assertEquals(1, reports.size(), reports::toString);
    assertInstanceOf(IOException.class, reports.get(0).exception().orElseThrow());
  }

  /** Opens a connection whose close sends a reset. */
  private static SocketChannel connect(Server server) throws IOException {
    SocketChannel peer = SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port()));
    peer.setOption(StandardSocketOptions.SO_LINGER, 0);
    return peer;
  }
}
