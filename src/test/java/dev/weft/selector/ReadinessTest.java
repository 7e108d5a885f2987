package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.ContextVar;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.transport.ServerOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Callbacks that watch a channel. */
class ReadinessTest extends TcpTest {

  private static Pipe pipe() throws IOException {
    Pipe pipe = Pipe.open();
    pipe.source().configureBlocking(false);
    pipe.sink().configureBlocking(false);
    return pipe;
  }

  private static void send(Pipe pipe, int bytes) throws IOException {
    pipe.sink().write(ByteBuffer.allocate(bytes));
  }

  private static void close(Pipe pipe) throws IOException {
    pipe.source().close();
    pipe.sink().close();
  }

  private static ServerSocketChannel listening() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0));
    channel.configureBlocking(false);
    return channel;
  }

  @Test
  @DisplayName("LOOP-30: a reader is called once in each turn while there is data to read")
  void levelTriggered() {
    run(() -> {
      Pipe pipe = pipe();
      var calls = new int[1];
      loop.addReader(pipe.source(), () -> calls[0]++);
      Loops.turns(3);
      assertEquals(0, calls[0]);
      send(pipe, 1);
      turn(); // polls, and queues the callback behind this task
      for (int i = 0; i < 5; i++) {
        assertEquals(i, calls[0]);
        turn();
      }
      pipe.source().read(ByteBuffer.allocate(1));
      turn(); // entries that were queued before
      int last = calls[0];
      Loops.turns(3);
      assertEquals(last, calls[0]);
      assertTrue(loop.removeReader(pipe.source()));
      close(pipe);
    });
  }

  @Test
  @DisplayName("LOOP-30: the end of data makes a channel readable")
  void endOfData() {
    run(() -> {
      Pipe pipe = pipe();
      Future<Integer> read = loop.createFuture();
      loop.addReader(pipe.source(), () -> {
        try {
          loop.removeReader(pipe.source());
          read.setResult(pipe.source().read(ByteBuffer.allocate(1)));
        } catch (IOException e) {
          read.setException(e);
        }
      });
      pipe.sink().close();
      assertEquals(-1, read.await());
      close(pipe);
    });
  }

  @Test
  @DisplayName("LOOP-31: a second reader replaces the first, also if its event is already queued")
  void replaced() {
    run(() -> {
      var order = new Order();
      Pipe pipe = pipe();
      send(pipe, 1);
      loop.addReader(pipe.source(), order::expectUnreached);
      turn(); // the first is queued
      order.expect(1);
      loop.addReader(pipe.source(), () -> {
        order.finish(2);
        loop.removeReader(pipe.source());
      });
      Loops.turns(3);
      order.checkFinished();
      close(pipe);
    });
  }

  @Test
  @DisplayName("LOOP-31: a removed reader does not run, also if its event is already queued")
  void removed() {
    run(() -> {
      var order = new Order();
      Pipe pipe = pipe();
      send(pipe, 1);
      loop.addReader(pipe.source(), order::expectUnreached);
      turn();
      assertTrue(loop.removeReader(pipe.source()));
      assertFalse(loop.removeReader(pipe.source()));
      Loops.turns(3);
      order.finish(1);
      order.checkFinished();
      close(pipe);
    });
  }

  @Test
  @DisplayName(
      "LOOP-31: reader and writer of one channel run in this order, and are removed one by one")
  void readerAndWriter() {
    run(() -> {
      var order = new Order();
      Pair pair = pair();
      SocketChannel channel = pair.channel();
      channel.configureBlocking(false);
      pair.peer().send("x");
      loop.addWriter(channel, () -> {
        order.expect(2);
        assertTrue(loop.removeWriter(channel));
        assertFalse(loop.removeWriter(channel));
      });
      var calls = new int[1];
      loop.addReader(channel, () -> order.expect(++calls[0] == 1 ? 1 : calls[0] + 1));
      Loops.turns(4);
      assertEquals(3, calls[0]);
      assertTrue(loop.removeReader(channel));
      order.finish(5);
      order.checkFinished();
    });
  }

  @Test
  @DisplayName("LOOP-31: a callback may remove itself, and add itself again")
  void addedAgain() {
    run(() -> {
      Pipe pipe = pipe();
      Future<Void> twice = loop.createFuture();
      loop.addReader(pipe.source(), () -> {
        loop.removeReader(pipe.source());
        loop.addReader(pipe.source(), () -> {
          loop.removeReader(pipe.source());
          twice.setResult(null);
        });
      });
      send(pipe, 1);
      twice.await();
      turn(); // deregisters the channel
      Future<Void> again = loop.createFuture();
      loop.addReader(pipe.source(), () -> {
        loop.removeReader(pipe.source());
        again.setResult(null);
      });
      again.await();
      close(pipe);
    });
  }

  @Test
  @DisplayName("LOOP-30: a listening channel is readable when it can accept")
  void accepting() {
    run(() -> {
      try (ServerSocketChannel listening = listening()) {
        Future<SocketChannel> accepted = loop.createFuture();
        loop.addReader(listening, () -> {
          try {
            loop.removeReader(listening);
            accepted.setResult(listening.accept());
          } catch (IOException e) {
            accepted.setException(e);
          }
        });
        Loops.turns(2);
        assertFalse(accepted.done());
        try (var peer = SocketChannel.open(listening.getLocalAddress())) {
          try (SocketChannel connection = accepted.await()) {
            assertEquals(peer.getLocalAddress(), connection.getRemoteAddress());
          }
        }
        assertThrows(IllegalArgumentException.class, () -> loop.addWriter(listening, () -> {}));
      }
    });
  }

  @Test
  @DisplayName("LOOP-33: a connecting channel is writable when the attempt has ended")
  void connecting() {
    run(() -> {
      try (ServerSocketChannel listening = listening();
          SocketChannel channel = SocketChannel.open()) {
        channel.configureBlocking(false);
        channel.connect(listening.getLocalAddress());
        Future<Boolean> ended = loop.createFuture();
        loop.addWriter(channel, () -> end(channel, ended));
        assertTrue(ended.await());
      }
      try (SocketChannel channel = SocketChannel.open()) {
        channel.configureBlocking(false);
        Future<Boolean> ended = loop.createFuture();
        int port = Peer.refusingPort();
        assertThrows(ConnectException.class, () -> {
          channel.connect(new InetSocketAddress(LOCAL, port));
          loop.addWriter(channel, () -> end(channel, ended));
          ended.await();
        });
      }
    });
  }

  private void end(SocketChannel channel, Future<Boolean> ended) {
    loop.removeWriter(channel);
    try {
      ended.setResult(channel.finishConnect());
    } catch (IOException e) {
      ended.setException(e);
    }
  }

  @Test
  @DisplayName("CTX-1: a reader runs in a copy of the context in which it was added")
  void context() {
    run(() -> {
      ContextVar<String> variable = new ContextVar<>("variable");
      Pipe pipe = pipe();
      Future<String> seen = loop.createFuture();
      variable.set("before");
      loop.addReader(pipe.source(), () -> {
        loop.removeReader(pipe.source());
        seen.setResult(variable.get());
        variable.set("inside");
      });
      variable.set("after");
      send(pipe, 1);
      assertEquals("before", seen.await());
      assertEquals("after", variable.get());
      close(pipe);
    });
  }

  @Test
  @DisplayName("LOOP-30: a reader that throws is reported, and remains")
  void failing() {
    run(() -> {
      Pipe pipe = pipe();
      Future<Void> second = loop.createFuture();
      var failure = new IllegalCallerException();
      var calls = new int[1];
      loop.addReader(pipe.source(), () -> {
        if (++calls[0] == 1) {
          throw failure;
        }
        loop.removeReader(pipe.source());
        second.setResult(null);
      });
      send(pipe, 1);
      second.await();
      assertSame(failure, takeReport().exception().orElseThrow());
      close(pipe);
    });
  }

  @Test
  @DisplayName("LOOP-32: the channel of a transport or a server cannot be watched")
  void owned() {
    run(() -> {
      Pair pair = pair();
      var protocol = new Recorder(loop);
      loop.createConnection(() -> protocol, pair.channel());
      assertOwned(pair.channel());
      assertThrows(IllegalStateException.class, () -> loop.sockRecv(pair.channel(), 1));
      assertThrows(
          IllegalStateException.class,
          () -> loop.sockSendall(pair.channel(), ByteBuffer.allocate(1)));
      protocol.transport.abort();
      assertOwned(pair.channel());
      protocol.lost.await();
      ServerSocketChannel listening = listening();
      try (Server server =
          loop.createServer(() -> new Recorder(loop), listening, ServerOptions.defaults())) {
        assertThrows(IllegalStateException.class, () -> loop.addReader(listening, () -> {}));
        assertThrows(IllegalStateException.class, () -> loop.removeReader(listening));
        assertThrows(IllegalStateException.class, () -> loop.sockAccept(listening));
        assertTrue(server.isServing());
      }
    });
  }

  private void assertOwned(SocketChannel channel) {
    assertThrows(IllegalStateException.class, () -> loop.addReader(channel, () -> {}));
    assertThrows(IllegalStateException.class, () -> loop.addWriter(channel, () -> {}));
    assertThrows(IllegalStateException.class, () -> loop.removeReader(channel));
    assertThrows(IllegalStateException.class, () -> loop.removeWriter(channel));
  }

  @Test
  @DisplayName(
      "LOOP-32: a watched channel cannot become a transport's; one that is no longer watched can")
  void adopted() {
    run(() -> {
      Pair pair = pair();
      pair.channel().configureBlocking(false);
      loop.addReader(pair.channel(), () -> {});
      assertThrows(
          IllegalStateException.class,
          () -> loop.createConnection(() -> new Recorder(loop), pair.channel()));
      loop.removeReader(pair.channel());
      var protocol = new Recorder(loop);
      loop.createConnection(() -> protocol, pair.channel()); // before any poll
      pair.peer().send("hello");
      protocol.awaitBytes(5);
      protocol.transport.close();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("LOOP-32: a channel that is blocking, closed or of the wrong kind is an error")
  void unusable() {
    run(() -> {
      Pipe pipe = Pipe.open();
      assertRefused(pipe.source());
      pipe.source().configureBlocking(false);
      pipe.sink().configureBlocking(false);
      assertThrows(IllegalArgumentException.class, () -> loop.addWriter(pipe.source(), () -> {}));
      assertRefused(pipe.sink());
      assertThrows(NullPointerException.class, () -> loop.addReader(pipe.source(), null));
      assertFalse(pipe.source().isRegistered());
      close(pipe);
      assertRefused(pipe.source());
      assertFalse(loop.removeReader(pipe.source()));
      assertThrows(NullPointerException.class, () -> loop.addReader(null, () -> {}));
      assertThrows(NullPointerException.class, () -> loop.removeReader(null));
    });
  }

  private void assertRefused(SelectableChannel channel) {
    assertThrows(IllegalArgumentException.class, () -> loop.addReader(channel, () -> {}));
  }

  @Test
  @DisplayName("LOOP-32: a channel that is closed while it is watched is not ready any more")
  void closedWhileWatched() {
    run(() -> {
      var order = new Order();
      Pipe pipe = pipe();
      send(pipe, 1);
      loop.addReader(pipe.source(), order::expectUnreached);
      turn(); // the callback is queued
      pipe.source().close();
      assertTrue(loop.removeReader(pipe.source()));
      Loops.turns(2);
      assertFalse(loop.removeReader(pipe.source()));
      order.finish(1);
      order.checkFinished();
      close(pipe);
    });
  }

  @Test
  @DisplayName("LOOP-32: a channel that is no longer watched can block, or go to another loop")
  void givenBack() throws Exception {
    Pipe pipe = pipe();
    run(() -> {
      loop.addReader(pipe.source(), () -> {});
      turn();
      loop.removeReader(pipe.source());
      turn();
      pipe.source().configureBlocking(true);
      pipe.source().configureBlocking(false);
      loop.addReader(pipe.source(), () -> {});
      loop.removeReader(pipe.source());
      loop.addReader(pipe.source(), () -> {}); // watched again before the next poll
      turn();
      assertTrue(loop.removeReader(pipe.source()));
      turn();
    });
    try (EventLoop other = EventLoop.newEventLoop()) {
      send(pipe, 1);
      other.addReader(pipe.source(), other::stop);
      other.runForever();
    }
    close(pipe);
  }

  @Test
  @DisplayName("LOOP-25, LOOP-32: a closed loop watches nothing, and leaves the channel open")
  void closedLoop() throws Exception {
    Pipe pipe = pipe();
    EventLoop closed = EventLoop.newEventLoop();
    closed.addReader(pipe.source(), () -> {});
    closed.close();
    assertFalse(closed.removeReader(pipe.source()));
    assertFalse(closed.removeWriter(pipe.sink()));
    assertThrows(IllegalStateException.class, () -> closed.addReader(pipe.source(), () -> {}));
    assertTrue(pipe.source().isOpen());
    pipe.source().configureBlocking(true);
    close(pipe);
  }

  @Test
  @DisplayName("LOOP-12: another thread gets an error")
  void otherThread() {
    run(() -> {
      Pipe pipe = pipe();
      var task = new FutureTask<Void>(() -> loop.addReader(pipe.source(), () -> {}), null);
      Thread.ofPlatform().start(task);
      var failure = assertThrows(ExecutionException.class, task::get);
      assertEquals(IllegalStateException.class, failure.getCause().getClass());
      close(pipe);
    });
  }
}
