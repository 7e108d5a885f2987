package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.io.UdpTransport;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.TaskOptions;
import dev.weft.testkit.Order;
import dev.weft.testkit.VirtualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * DG-6: one datagram per turn, where a turn that would do nothing else is left out. Two datagrams have arrived; the
 * callback of the first determines what comes between them.
 */
class DatagramTurnsTest extends UdpTest {

  private final Order order = new Order();
  private final Future<Void> end = loop.createFuture();
  private final List<String> all = new ArrayList<>(); // of all endpoints

  /** Runs an action at the datagram "first", and ends the test at "last". */
  private class Script extends DatagramRecorder {
    private final Runnable atFirst;

    Script(Runnable atFirst) {
      super(DatagramTurnsTest.this.loop);
      this.atFirst = atFirst;
    }

    @Override
    public void datagramReceived(ByteBuffer data, SocketAddress addr) {
      super.datagramReceived(data, addr);
      String text = events.get(events.size() - 1);
      all.add(text);
      if (text.equals("first")) {
        atFirst.run();
      } else if (text.equals("last")) {
        try {
          atLast();
        } finally {
          end.setResult(null);
        }
      }
    }

    void atLast() {}
  }

  /** Steps 1 and 3 are the datagrams; step 2 is the work that the first one schedules. */
  private void between(Runnable atFirst) {
    run(() -> {
      var script =
          new Script(() -> {
            order.expect(1);
            atFirst.run();
          }) {
            @Override
            void atLast() {
              order.expect(3);
            }
          };
      endpoint(script, HERE);
      peerSends("first", script);
      peerSends("last", script);
      end.await();
      order.finish(4);
    });
  }

  @Test
  @DisplayName("DG-6: a callback of callSoon runs before the second datagram")
  void callback() {
    between(() -> loop.callSoon(() -> order.expect(2)));
  }

  @Test
  @DisplayName("DG-6: a call that another thread has handed over runs before the second datagram")
  void handedOver() {
    between(() -> loop.callSoonThreadsafe(() -> order.expect(2)));
  }

  @Test
  @DisplayName("DG-6: a task takes its step before the second datagram")
  void task() {
    between(() -> loop.createTask(() -> order.expect(2)));
  }

  @Test
  @DisplayName("DG-6: a due timer runs after the second datagram and before the third")
  void timer() {
    run(() -> {
      var script = new Script(() -> loop.callLater(Duration.ZERO, () -> all.add("timer")));
      endpoint(script, HERE);
      for (String text : List.of("first", "second", "last")) {
        peerSends(text, script);
      }
      end.await();
      assertEquals(List.of("first", "second", "timer", "last"), all);
    });
  }

  @Test
  @DisplayName("DG-6: a custom clock moves before the second datagram")
  void clockMoves() {
    EventLoop other = EventLoop.newEventLoop(new VirtualClock());
    try {
      other.runUntilComplete(() -> {
        List<Long> times = new ArrayList<>();
        Future<Void> both = other.createFuture();
        var protocol = new DatagramRecorder(other) {
          @Override
          public void datagramReceived(ByteBuffer data, SocketAddress addr) {
            times.add(other.time());
            if (times.size() == 1) {
              other.callLater(Duration.ofSeconds(1), () -> {});
            } else {
              both.setResult(null);
            }
          }
        };
        other.createDatagramEndpoint(() -> protocol, HERE);
        peerSends("first", protocol);
        peerSends("last", protocol);
        both.await();
        assertEquals(List.of(0L, 1_000_000_000L), times);
        protocol.transport.abort();
      });
    } finally {
      other.close();
    }
  }

  @Test
  @DisplayName("DG-6: a stopped loop leaves the second datagram for its next run")
  void stopped() throws IOException {
    var script = new Script(loop::stop);
    run(() -> endpoint(script, HERE));
    peerSends("first", script);
    peerSends("last", script);
    loop.runForever();
    assertEquals(List.of("first"), all);
    loop.runUntilComplete(end);
    assertEquals(List.of("first", "last"), all);
  }

  @Test
  @DisplayName("DG-6: a loop that a fatal error leaves keeps the second datagram for its next run")
  void fatal() throws IOException {
    var fatal = new KeyboardInterrupt();
    var script = new Script(() -> loop.createTask(
        () -> {
          throw fatal;
        },
        TaskOptions.defaults().withEagerStart(true)));
    run(() -> endpoint(script, HERE));
    peerSends("first", script);
    peerSends("last", script);
    assertSame(fatal, assertThrows(KeyboardInterrupt.class, loop::runForever));
    assertEquals(List.of("first"), all);
    loop.runUntilComplete(end);
    assertEquals(List.of("first", "last"), all);
  }

  @Test
  @DisplayName("DG-6: callbacks that waited behind a parked one run before the second datagram")
  void parked() {
    var lock = new ReentrantLock();
    run(() -> {
      lock.lock();
      var self = new Script[1];
      self[0] =
          new Script(() -> {
            order.expect(1);
            lock.lock();
            lock.unlock();
            sends("last", self[0]); // not before: a poll would have found it
          }) {
            @Override
            void atLast() {
              order.expect(4);
            }
          };
      endpoint(self[0], HERE);
      peerSends("first", self[0]);
      while (!lock.hasQueuedThreads()) {
        turn();
      }
      loop.callSoon(() -> order.expect(3));
      turn();
      order.expect(2);
      lock.unlock();
      end.await();
      order.finish(5);
    });
  }

  @Test
  @DisplayName("DG-6: an interrupt during the first datagram does not affect the second")
  void interrupted() {
    run(() -> {
      var script = new Script(() -> Thread.currentThread().interrupt()) {
        @Override
        void atLast() {
          all.add("interrupted " + Thread.currentThread().isInterrupted());
        }
      };
      endpoint(script, HERE);
      peerSends("first", script);
      peerSends("last", script);
      end.await();
      assertEquals(List.of("first", "last", "interrupted false"), all);
    });
  }

  @Test
  @DisplayName(
      "DG-5, DG-6: datagrams that wait for room are sent after the second datagram and before the third")
  void queued() {
    var shut = new boolean[1];
    run(() -> {
      var self = new Script[1];
      self[0] = new Script(() -> {
        shut[0] = true;
        self[0].send("queued");
        shut[0] = false;
      });
      endpoint(self[0], (channel, data, addr) -> {
        if (shut[0]) {
          return 0;
        }
        all.add("sent");
        return channel.send(data, addr);
      });
      for (String text : List.of("first", "second", "last")) {
        peerSends(text, self[0]);
      }
      end.await();
      assertEquals(List.of("first", "second", "sent", "last"), all);
    });
  }

  @Test
  @DisplayName("DG-3, DG-6: an error between two datagrams is delivered between them")
  void errorBetween() {
    run(() -> {
      var self = new Script[1];
      self[0] = new Script(() -> {
        peer.close();
        self[0].send("for nobody");
      });
      endpoint(self[0], HERE.withRemoteAddr(peerAddress()));
      peerSends("first", self[0]);
      peerSends("last", self[0]);
      end.await();
      assertEquals(List.of("made", "first", "unreachable", "last"), self[0].events);
    });
  }

  @Test
  @DisplayName("DG-6: the second datagram goes to the protocol that the first one set")
  void newProtocol() {
    run(() -> {
      var second = new Script(() -> {});
      var self = new Script[1];
      self[0] = new Script(() -> self[0].transport.setProtocol(second));
      endpoint(self[0], HERE);
      peerSends("first", self[0]);
      peerSends("last", self[0]);
      end.await();
      assertEquals(List.of("made", "first"), self[0].events);
      assertEquals(List.of("last"), second.events);
    });
  }

  private void sends(String text, DatagramRecorder to) {
    try {
      peerSends(text, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- other channels

  /** The number of datagrams of a flood that come before one that the first of them sent to another endpoint. */
  private int flood() throws IOException {
    var other = new Script(() -> {});
    endpoint(other, HERE);
    var flooded = new Script(() -> sends("elsewhere", other));
    endpoint(flooded, HERE);
    peerSends("first", flooded);
    for (int i = 2; i < 40; i++) {
      peerSends("" + i, flooded);
    }
    peerSends("last", flooded);
    end.await();
    assertEquals(41, flooded.events.size());
    assertEquals(
        IntStream.range(2, 40).mapToObj(Integer::toString).toList(), flooded.events.subList(2, 40));
    return all.indexOf("elsewhere");
  }

  @Test
  @DisplayName("DG-6: other channels are polled after 16 datagrams of a flood, which are one turn")
  void batch() {
    run(() -> {
      int before = flood();
      assertTrue(Set.of(UdpTransport.BATCH, UdpTransport.BATCH + 1).contains(before), "" + before);
    });
  }

  @Test
  @DisplayName(
      "DG-6: in debug mode they are polled after each datagram, so each callback is timed by itself")
  void batchInDebugMode() {
    loop.setDebug(true);
    run(() -> {
      int before = flood();
      assertTrue(Set.of(1, 2).contains(before), "" + before);
    });
  }

  @Test
  @DisplayName("DG-6: endpoints that are flooded at the same time take turns")
  void floods() {
    run(() -> {
      var one = new Script(() -> {});
      var two = new Script(() -> {});
      endpoint(one, HERE);
      endpoint(two, HERE);
      for (int i = 0; i < 5; i++) {
        peerSends("one", one);
        peerSends("two", two);
      }
      peerSends("last", one);
      end.await();
      for (int i = 0; i < 10; i += 2) {
        assertEquals(Set.of("one", "two"), Set.copyOf(all.subList(i, i + 2)), all::toString);
      }
    });
  }
}
