package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.transport.Datagram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that receive bytes, datagrams and connections from channels of the user. */
class SockReceiveTest extends TcpTest {

  private Pair nonBlocking() throws IOException {
    Pair pair = pair();
    pair.channel().configureBlocking(false);
    return pair;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static DatagramChannel datagrams() throws IOException {
    DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0));
    channel.configureBlocking(false);
    return channel;
  }

  @Test
  @DisplayName("SOCK-1: available data is received at once, up to n bytes")
  void atOnce() {
    run(() -> {
      var order = new Order();
      Pair pair = nonBlocking();
      pair.peer().send("hello");
      loop.callSoon(() -> order.finish(2));
      assertEquals("he", text(loop.sockRecv(pair.channel(), 2)));
      assertEquals("llo", text(loop.sockRecv(pair.channel(), Integer.MAX_VALUE)));
      assertFalse(pair.channel().isRegistered());
      order.expect(1);
      turn();
      order.checkFinished();
    });
  }

  @Test
  @DisplayName("SOCK-1: a receive waits for data, and resumes a turn after the readiness")
  void suspends() {
    run(() -> {
      var order = new Order();
      Pair pair = nonBlocking();
      Task<Void> receiving = Loops.started(() -> {
        order.expect(1);
        assertEquals("hello", text(loop.sockRecv(pair.channel(), 100)));
        order.expect(4);
      });
      turn();
      order.expect(2);
      pair.peer().send("hello");
      turn(); // found by the poll
      loop.callSoon(
          () -> order.expect(3)); // after the event's callback and before the task that it wakes
      receiving.await();
      order.finish(5);
      assertFalse(loop.removeReader(pair.channel()));
    });
  }

  @Test
  @DisplayName("SOCK-1: the end of data is an empty array, and -1")
  void endOfData() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<byte[]> waiting = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      turn();
      pair.peer().socket.shutdownOutput();
      assertEquals(0, waiting.await().length);
      assertEquals(0, loop.sockRecv(pair.channel(), 10).length);
      assertEquals(-1, loop.sockRecvInto(pair.channel(), ByteBuffer.allocate(1)));
    });
  }

  @ParameterizedTest(name = "direct {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName(
      "SOCK-1: sockRecvInto fills the buffer from its position, and never beyond its limit")
  void into(boolean direct) {
    run(() -> {
      Pair pair = nonBlocking();
      ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(10) : ByteBuffer.allocate(10);
      buffer.put((byte) '>').limit(4);
      Task<Integer> waiting = Loops.started(() -> loop.sockRecvInto(pair.channel(), buffer));
      pair.peer().send("hello");
      assertEquals(3, waiting.await());
      assertFalse(buffer.hasRemaining());
      buffer.limit(10);
      assertEquals(2, loop.sockRecvInto(pair.channel(), buffer));
      byte[] all = new byte[6];
      buffer.flip().get(all);
      assertEquals(">hello", text(all));
    });
  }

  @Test
  @DisplayName(
      "SOCK-2: a blocking channel is an error, and so are a size of 0 and a buffer without room")
  void badInput() {
    run(() -> {
      Pair pair = pair();
      SocketChannel channel = pair.channel();
      ByteBuffer room = ByteBuffer.allocate(1);
      assertThrows(IllegalArgumentException.class, () -> loop.sockRecv(channel, 1));
      assertThrows(IllegalArgumentException.class, () -> loop.sockRecvInto(channel, room));
      assertThrows(
          IllegalArgumentException.class, () -> loop.sockSendall(channel, ByteBuffer.allocate(1)));
      channel.configureBlocking(false);
      pair.peer().send("x");
      assertThrows(IllegalArgumentException.class, () -> loop.sockRecv(channel, 0));
      assertThrows(IllegalArgumentException.class, () -> loop.sockRecv(channel, -1));
      assertThrows(
          IllegalArgumentException.class, () -> loop.sockRecvInto(channel, ByteBuffer.allocate(0)));
      assertThrows(
          IllegalArgumentException.class,
          () -> loop.sockRecvInto(channel, room.asReadOnlyBuffer()));
      assertThrows(NullPointerException.class, () -> loop.sockRecv(null, 1));
      assertThrows(NullPointerException.class, () -> loop.sockRecvInto(channel, null));
      assertEquals("x", text(loop.sockRecv(channel, 10)));
    });
  }

  @Test
  @DisplayName("SOCK-3: a cancelled task stops watching the channel")
  void cancelled() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<byte[]> waiting = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      waiting.cancel();
      assertThrows(CancelledError.class, waiting::await);
      assertFalse(loop.removeReader(pair.channel()));
      turn();
      assertFalse(pair.channel().isRegistered());
    });
  }

  @Test
  @DisplayName("SOCK-3: a cancelled task does not affect the task that took its place")
  void cancelledAfterReplaced() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<byte[]> first = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      Task<byte[]> second = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      first.cancel();
      assertThrows(CancelledError.class, first::await);
      pair.peer().send("hello");
      assertEquals("hello", text(second.await()));
    });
  }

  @Test
  @DisplayName("SOCK-4: readiness after the cancellation takes no data away")
  void lateReadiness() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<byte[]> waiting = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      turn();
      pair.peer().send("hello");
      turn(); // the poll has queued the readiness behind this task
      waiting.cancel();
      assertThrows(CancelledError.class, waiting::await);
      assertEquals("hello", text(loop.sockRecv(pair.channel(), 10)));
    });
  }

  @Test
  @DisplayName("SOCK-4: a task cancelled between its wake-up and its step loses nothing")
  void cancelledWhenWoken() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<byte[]> waiting = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      turn();
      pair.peer().send("hello");
      Loops.turns(2); // the readiness has woken the task, which is behind this one
      waiting.cancel();
      assertThrows(CancelledError.class, waiting::await);
      assertEquals("hello", text(loop.sockRecv(pair.channel(), 10)));
    });
  }

  @Test
  @DisplayName("SOCK-1: if other code has taken the data meanwhile, the task waits again")
  void takenAway() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<byte[]> waiting = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      turn();
      pair.peer().send("first");
      Loops.turns(2);
      assertEquals("first", text(loop.sockRecv(pair.channel(), 10)));
      Loops.turns(3);
      assertFalse(waiting.done());
      pair.peer().send("second");
      assertEquals("second", text(waiting.await()));
    });
  }

  @Test
  @DisplayName("SOCK-1: a broken connection and a closed channel are IOExceptions")
  void broken() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<byte[]> waiting = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      turn();
      pair.peer().reset();
      assertThrows(IOException.class, waiting::await);
      pair.channel().close();
      assertThrows(ClosedChannelException.class, () -> loop.sockRecv(pair.channel(), 10));
    });
  }

  @Test
  @DisplayName("SOCK-1: a datagram comes with its sender; a datagram longer than n is cut")
  void datagram() {
    run(() -> {
      try (DatagramChannel channel = datagrams();
          DatagramChannel peer = datagrams()) {
        Task<Datagram> waiting = Loops.started(() -> loop.sockRecvfrom(channel, 100));
        turn();
        assertFalse(waiting.done());
        peer.send(ByteBuffer.wrap(bytes("one")), channel.getLocalAddress());
        assertEquals("one", text(waiting.await().data()));
        assertEquals(peer.getLocalAddress(), waiting.await().address());
        peer.send(ByteBuffer.wrap(bytes("three")), channel.getLocalAddress());
        peer.send(ByteBuffer.allocate(0), channel.getLocalAddress());
        assertEquals("th", text(loop.sockRecvfrom(channel, 2).data()));
        assertEquals(0, loop.sockRecvfrom(channel, 100).data().length);
        assertThrows(IllegalArgumentException.class, () -> loop.sockRecvfrom(channel, 0));
      }
    });
  }

  @ParameterizedTest(name = "direct {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SOCK-1: a datagram is received into a buffer")
  void datagramInto(boolean direct) {
    run(() -> {
      try (DatagramChannel channel = datagrams();
          DatagramChannel peer = datagrams()) {
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(4) : ByteBuffer.allocate(4);
        peer.send(ByteBuffer.wrap(bytes("three")), channel.getLocalAddress());
        assertEquals(peer.getLocalAddress(), loop.sockRecvfromInto(channel, buffer));
        byte[] data = new byte[4];
        buffer.flip().get(data);
        assertArrayEquals(bytes("thre"), data);
        assertThrows(IllegalArgumentException.class, () -> loop.sockRecvfromInto(channel, buffer));
      }
    });
  }

  private static ServerSocketChannel listening() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0));
    channel.configureBlocking(false);
    return channel;
  }

  @Test
  @DisplayName("SOCK-7: an accepted channel is non-blocking; accepting waits for a connection")
  void accept() {
    run(() -> {
      try (ServerSocketChannel listening = listening()) {
        Task<SocketChannel> waiting = Loops.started(() -> loop.sockAccept(listening));
        Loops.turns(2);
        assertFalse(waiting.done());
        try (var peer = SocketChannel.open(listening.getLocalAddress());
            SocketChannel connection = waiting.await()) {
          assertFalse(connection.isBlocking());
          assertEquals(peer.getLocalAddress(), connection.getRemoteAddress());
        }
        try (var peer = SocketChannel.open(listening.getLocalAddress())) {
          var order = new Order();
          loop.callSoon(() -> order.finish(2));
          loop.sockAccept(listening).close();
          order.expect(1);
          turn();
          order.checkFinished();
          assertTrue(peer.isConnected());
        }
      }
    });
  }

  @Test
  @DisplayName("SOCK-4: no connection is accepted for a task that was cancelled meanwhile")
  void acceptCancelled() {
    for (int turns = 1; turns <= 2; turns++) { // the readiness is queued; it has woken the task
      int pollsBefore = turns;
      run(() -> {
        try (ServerSocketChannel listening = listening()) {
          Task<SocketChannel> waiting = Loops.started(() -> loop.sockAccept(listening));
          turn();
          try (var peer = SocketChannel.open()) {
            peer.configureBlocking(false); // blocking would let other tasks run
            peer.connect(listening.getLocalAddress());
            Loops.turns(pollsBefore);
            waiting.cancel();
            assertThrows(CancelledError.class, waiting::await);
            try (SocketChannel connection = loop.sockAccept(listening)) {
              assertFalse(connection.isBlocking());
            }
          }
        }
      });
    }
  }
}
