package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.thread.LoopSockets;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A callback waits for a lock that a task has, and channels are ready meanwhile (J6): they wait for its end, once, and
 * are not polled repeatedly.
 */
@Timeout(30)
class ParkedCallbackTest extends TcpTest {

  private static final int LONG = 50; // turns

  private final ReentrantLock lock = new ReentrantLock();

  private void waitForLock() {
    lock.lock();
    lock.unlock();
  }

  /** Makes a callback wait for the lock, which the caller then has. */
  private void park() {
    lock.lock();
    loop.callSoon(this::waitForLock);
    turn();
  }

  private void unpark() {
    lock.unlock();
    Loops.turns(3); // the callback's end, a poll, and the events of the poll
  }

  /** Whether the next poll would find a channel that is ready for this operation. */
  private boolean isWatched(SelectableChannel channel, int operation) {
    return (((SelectorEventLoop) loop).poller.keyOf(channel).interestOps() & operation) != 0;
  }

  @Test
  @DisplayName(
      "LOOP-30, J6: data that arrives while the callback for earlier data is parked comes after what was queued then")
  void order() {
    var order = new Order();
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void dataReceived(ByteBuffer data) {
          if (data.get() == 'a') {
            order.expect(2);
            waitForLock();
            order.expect(4);
          } else {
            order.expect(6);
          }
        }
      };
      Peer peer = connect(protocol);
      lock.lock();
      peer.send("a");
      order.expect(1);
      Loops.turns(2);
      peer.send("b");
      Loops.turns(LONG);
      loop.callSoon(() -> order.expect(5));
      order.expect(3);
      unpark();
      order.finish(7);
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("J6: a reader that parks is neither queued again nor polled until it has ended")
  void reader() {
    run(() -> {
      Pair pair = pair();
      pair.channel().configureBlocking(false);
      var calls = new int[1];
      loop.addReader(pair.channel(), () -> {
        calls[0]++;
        waitForLock();
        try {
          pair.channel().read(ByteBuffer.allocate(10));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      lock.lock();
      pair.peer().send("a");
      Loops.turns(LONG);
      assertEquals(1, calls[0]);
      assertFalse(isWatched(pair.channel(), SelectionKey.OP_READ), "the loop would spin");
      unpark();
      assertEquals(1, calls[0], "called with nothing left to read");
      assertTrue(isWatched(pair.channel(), SelectionKey.OP_READ));
      pair.peer().send("b");
      Loops.turns(2);
      assertEquals(2, calls[0]);
      loop.removeReader(pair.channel());
    });
  }

  @Test
  @DisplayName("J6: a reader that a task removes meanwhile is not watched again, but its writer is")
  void removed() {
    run(() -> {
      Pair pair = pair();
      pair.channel().configureBlocking(false);
      var order = new Order();
      loop.addReader(pair.channel(), order::expectUnreached);
      park();
      loop.addWriter(pair.channel(), () -> {
        order.finish(2);
        loop.removeWriter(pair.channel());
      });
      pair.peer().send("a");
      Loops.turns(LONG);
      loop.removeReader(pair.channel());
      Loops.turns(2);
      order.expect(1);
      unpark();
      order.checkFinished();
    });
  }

  @Test
  @DisplayName("J6: a transport that a task pauses meanwhile stays paused, and loses nothing")
  void paused() {
    run(() -> {
      var asked = new int[1];
      var protocol = new BufferedRecorder(loop, ByteBuffer.allocate(10)) {
        @Override
        public ByteBuffer getBuffer(int sizeHint) {
          asked[0]++;
          return super.getBuffer(sizeHint);
        }
      };
      Peer peer = connect(protocol);
      park();
      peer.send("a");
      Loops.turns(LONG);
      protocol.transport.pauseReading();
      unpark();
      assertTrue(protocol.transport.toString().contains("read=idle"));
      assertEquals(0, asked[0]);
      protocol.transport.resumeReading();
      protocol.awaitBytes(1);
      assertEquals(1, asked[0]);
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("J6: all queued data is sent afterwards")
  void writing() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      int count = fill(protocol, 100_000);
      park();
      int received = 0;
      TransportSocket socket = protocol.transport.getExtraInfo(ExtraInfo.SOCKET);
      while (isWatched( // otherwise the loop would spin
          (SelectableChannel) socket.channel(), SelectionKey.OP_WRITE)) {
        received += peer.socket
            .getInputStream()
            .readNBytes(peer.socket.getInputStream().available())
            .length;
        turn();
      }
      unpark();
      protocol.transport.close();
      assertEquals(count, received + peer.receiveAll().length);
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("J6: connections that arrive meanwhile are accepted afterwards")
  void accepting() {
    run(() -> {
      var protocol = new Recorder(loop);
      try (Server server = serve(() -> protocol)) {
        park();
        try (var client = new Socket(LOCAL, server.port())) {
          Loops.turns(LONG);
          assertEquals(0, protocol.events.size());
          unpark();
          client.getOutputStream().write('a');
          protocol.awaitBytes(1);
          protocol.transport.abort();
        }
      }
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("J6: datagrams that arrive meanwhile are delivered afterwards, unless a task closes")
  void datagrams() {
    run(() -> {
      var options = DatagramOptions.defaults().withLocalAddr(new InetSocketAddress(LOCAL, 0));
      var one =
          loop.createDatagramEndpoint(() -> new DatagramRecorder(loop), options).protocol();
      var other =
          loop.createDatagramEndpoint(() -> new DatagramRecorder(loop), options).protocol();
      park();
      for (DatagramRecorder each : List.of(one, other)) {
        each.transport.sendto(ByteBuffer.allocate(1), each.address());
        each.transport.sendto(ByteBuffer.allocate(2), each.address());
      }
      Loops.turns(LONG);
      assertEquals(List.of("made"), one.events);
      other.transport.close();
      unpark();
      one.awaitEvents(3);
      one.transport.close();
      one.lost.await();
      assertEquals(List.of("made", "lost"), other.events);
    });
  }

  private final class PipeEnd extends Recorder {
    PipeEnd() {
      super(ParkedCallbackTest.this.loop);
    }

    @Override
    public void connectionMade(BaseTransport base) {
      note("made");
    }
  }

  @Test
  @DisplayName("J6: pipes behave in the same way, reading and writing")
  void pipes() {
    run(() -> {
      Pipe pipe = Pipe.open();
      var reader = new PipeEnd();
      var source = loop.connectReadPipe(() -> reader, pipe.source());
      var sink = loop.connectWritePipe(PipeEnd::new, pipe.sink());
      source.transport().pauseReading();
      int size = 500_000; // more than a pipe holds
      sink.transport().write(ByteBuffer.allocate(size));
      source.transport().resumeReading();
      park();
      Loops.turns(LONG);
      assertEquals(0, reader.received.size());
      assertFalse(isWatched(pipe.source(), SelectionKey.OP_READ), "the loop would spin");
      unpark();
      reader.awaitBytes(size);
      assertArrayEquals(new byte[size], reader.received.toByteArray());
      sink.transport().close();
      reader.lost.await();
    });
  }

  @Test
  @DisplayName("J6: a thread that reads from the loop's sockets needs no callback, and is woken")
  void blockingSockets() {
    run(() -> {
      try (ServerSocket listening = Peer.listen();
          Socket socket =
              LoopSockets.socketFactory(loop).createSocket(LOCAL, listening.getLocalPort());
          Peer peer = Peer.accept(loop, listening)) {
        Pair other = pair();
        other.channel().configureBlocking(false);
        loop.addReader(other.channel(), () -> loop.removeReader(other.channel()));
        Task<Integer> reading = loop.createTask(() -> socket.getInputStream().read());
        turn();
        park();
        other.peer().send("x");
        peer.send("a");
        while (!reading.done()) {
          turn();
        }
        assertEquals('a', reading.result());
        unpark();
      }
    });
  }

  @Test
  @DisplayName(
      "J6: a read from the loop's sockets ends at its SO_TIMEOUT, also under the lock that a callback waits for")
  void blockingSocketTimesOut() {
    run(() -> {
      try (ServerSocket listening = Peer.listen();
          Socket socket =
              LoopSockets.socketFactory(loop).createSocket(LOCAL, listening.getLocalPort())) {
        socket.setSoTimeout(1);
        park();
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        assertTrue(lock.isHeldByCurrentThread());
        unpark();
      }
    });
  }

  @Test
  @DisplayName("J6: a channel that is closed meanwhile is not watched again")
  void closed() {
    run(() -> {
      Pair pair = pair();
      pair.channel().configureBlocking(false);
      var order = new Order();
      loop.addReader(pair.channel(), order::expectUnreached);
      park();
      pair.peer().send("a");
      Loops.turns(LONG);
      pair.channel().close();
      Loops.turns(2);
      unpark();
      order.finish(1);
    });
  }
}
