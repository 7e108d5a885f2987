package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.ExceptionContext;
import dev.weft.testkit.Order;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Datagrams that are sent and received, and those that fail. */
class DatagramTest extends UdpTest {

  @Test
  @DisplayName("DG-1: an endpoint with a remote address sends and receives there only")
  void connected() {
    run(() -> {
      DatagramRecorder protocol = endpoint(HERE.withRemoteAddr(peerAddress()));
      assertEquals(peerAddress(), protocol.transport.getExtraInfo(ExtraInfo.PEERNAME));
      protocol.send("one");
      assertEquals("one", peerReceivesText());
      protocol.transport.sendto(ByteBuffer.wrap(bytes("two")), peerAddress());
      assertEquals("two", peerReceivesText());
      assertThrows(
          IllegalArgumentException.class,
          () -> protocol.transport.sendto(ByteBuffer.wrap(bytes("x")), unusedAddress()));
      try (var stranger = new DatagramSocket()) {
        var packet = new java.net.DatagramPacket(bytes("strange"), 7, protocol.address());
        stranger.send(packet);
      }
      peerSends("back", protocol);
      protocol.awaitEvents(2);
      assertEquals(List.of("made", "back"), protocol.events);
      assertEquals(List.of(peerAddress()), protocol.senders);
    });
  }

  @Test
  @DisplayName("DG-1: without a remote address each datagram has its own destination")
  void unconnected() {
    run(() -> {
      DatagramRecorder protocol = endpoint(HERE);
      assertNull(protocol.transport.getExtraInfo(ExtraInfo.PEERNAME));
      protocol.transport.sendto(ByteBuffer.wrap(bytes("one")), peerAddress());
      assertEquals("one", peerReceivesText());
      assertThrows(IllegalStateException.class, () -> protocol.send("x"));
      var unresolved = InetSocketAddress.createUnresolved("localhost", 9);
      var data = ByteBuffer.wrap(bytes("x"));
      assertThrows(
          IllegalArgumentException.class, () -> protocol.transport.sendto(data, unresolved));
      assertEquals(1, data.remaining());
      assertThrows(NullPointerException.class, () -> protocol.transport.sendto(data, null));
      assertThrows(
          NullPointerException.class, () -> protocol.transport.sendto(null, peerAddress()));
      assertEquals(List.of("made"), protocol.events);
    });
  }

  @Test
  @DisplayName("DG-2: with allowBroadcast the remote address is only a default destination")
  void broadcast() {
    run(() -> {
      DatagramRecorder protocol =
          endpoint(HERE.withRemoteAddr(unusedAddress()).withAllowBroadcast(true));
      assertNull(protocol.transport.getExtraInfo(ExtraInfo.PEERNAME));
      assertEquals(
          true,
          protocol
              .transport
              .getExtraInfo(ExtraInfo.SOCKET)
              .getOption(StandardSocketOptions.SO_BROADCAST));
      protocol.send("for nobody");
      assertThrows(
          IllegalArgumentException.class,
          () -> protocol.transport.sendto(ByteBuffer.allocate(1), peerAddress()));
      peerSends("for you", protocol);
      protocol.awaitEvents(2);
      assertEquals(List.of("made", "for you"), protocol.events);
    });
  }

  @Test
  @DisplayName("DG-3: a connected endpoint gets the error of a missing receiver, and lives on")
  void unreachable() {
    run(() -> {
      InetSocketAddress address = unusedAddress();
      DatagramRecorder protocol = endpoint(HERE.withRemoteAddr(address));
      protocol.send("one");
      protocol.awaitEvents(2);
      assertEquals(List.of("made", "unreachable"), protocol.events);
      protocol.send("two");
      protocol.send("three"); // gets the outcome of the second, and is not sent
      assertEquals("unreachable", protocol.events.get(2));
      try (var late = new DatagramSocket(address)) {
        late.setSoTimeout(10_000);
        protocol.send("four");
        var packet = new java.net.DatagramPacket(new byte[9], 9);
        late.receive(packet);
        assertEquals("four", new String(packet.getData(), 0, packet.getLength()));
      }
      assertFalse(protocol.transport.isClosing());
    });
  }

  @Test
  @DisplayName(
      "DG-3: an error of the system is delivered inside sendto, and the next datagram is sent")
  void refused() {
    run(() -> {
      DatagramRecorder protocol = endpoint(HERE.withRemoteAddr(peerAddress()));
      for (int size : List.of(65_508, 300_000)) {
        var data = ByteBuffer.allocate(size);
        protocol.transport.sendto(data);
        assertFalse(data.hasRemaining());
      }
      assertEquals(List.of("made", "error", "error"), protocol.events);
      protocol.send("small");
      assertEquals("small", peerReceivesText());

      DatagramRecorder other = endpoint(HERE);
      other.transport.sendto(ByteBuffer.allocate(1), new InetSocketAddress("::1", 9));
      assertEquals(List.of("made", "error"), other.events);
      other.transport.sendto(ByteBuffer.wrap(bytes("other")), peerAddress());
      assertEquals("other", peerReceivesText());
    });
  }

  @Test
  @DisplayName("DG-3: an exception of a protocol's method is reported, and the endpoint lives on")
  void protocolFails() {
    run(() -> {
      var failure = new IllegalCallerException();
      var protocol = new DatagramRecorder(loop) {
        @Override
        public void datagramReceived(ByteBuffer data, SocketAddress addr) {
          super.datagramReceived(data, addr);
          throw failure;
        }

        @Override
        public void errorReceived(java.io.IOException error) {
          super.errorReceived(error);
          throw failure;
        }
      };
      endpoint(protocol, HERE.withRemoteAddr(peerAddress()));
      peerSends("one", protocol);
      peerSends("two", protocol);
      protocol.awaitEvents(3);
      protocol.transport.sendto(ByteBuffer.allocate(65_508));
      assertEquals(List.of("made", "one", "two", "error"), protocol.events);
      turn();
      List<ExceptionContext> reports = takeReports();
      assertEquals(
          List.of(
              "protocol.datagramReceived() failed",
              "protocol.datagramReceived() failed",
              "protocol.errorReceived() failed"),
          reports.stream().map(ExceptionContext::message).toList());
      for (ExceptionContext report : reports) {
        assertSame(failure, report.exception().orElseThrow());
        assertSame(protocol, report.protocol().orElseThrow());
        assertSame(protocol.transport, report.transport().orElseThrow());
      }
    });
  }

  @Test
  @DisplayName("DG-3: an endpoint whose channel other code closes is lost")
  void closedBehind() {
    run(() -> {
      var protocol = new DatagramRecorder(loop);
      DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
      endpoint(protocol, channel);
      channel.close();
      protocol.transport.sendto(ByteBuffer.allocate(1), peerAddress());
      assertInstanceOf(java.nio.channels.ClosedChannelException.class, protocol.lost.await());
      assertEquals(List.of("made", "lost ClosedChannelException"), protocol.events);
    });
  }

  @Test
  @DisplayName("DG-4: empty datagrams are sent and received, between others")
  void empty() {
    run(() -> {
      DatagramRecorder protocol =
          endpoint(HERE.withRemoteAddr(peerAddress()).withAllowBroadcast(true));
      protocol.send("");
      protocol.send("a");
      protocol.send("");
      assertEquals(
          List.of("", "a", ""),
          List.of(peerReceivesText(), peerReceivesText(), peerReceivesText()));
      for (String text : List.of("", "b", "")) {
        peerSends(text, protocol);
      }
      protocol.awaitEvents(4);
      assertEquals(List.of("made", "", "b", ""), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "DG-4: a connected endpoint receives empty datagrams, and gets an error for sending one")
  void emptyConnected() {
    run(() -> {
      DatagramRecorder protocol = endpoint(HERE.withRemoteAddr(peerAddress()));
      peerSends("", protocol);
      protocol.awaitEvents(2);
      protocol.send("");
      protocol.send("a");
      assertEquals("a", peerReceivesText());
      assertEquals(List.of("made", "", "error"), protocol.events);
    });
  }

  @Test
  @DisplayName("DG-6: the largest datagram arrives whole, and belongs to the protocol")
  void largest() {
    run(() -> {
      byte[] data = new byte[65_507];
      new Random(1).nextBytes(data);
      var kept = new ArrayList<ByteBuffer>();
      var protocol = new DatagramRecorder(loop) {
        @Override
        public void datagramReceived(ByteBuffer buffer, SocketAddress addr) {
          kept.add(buffer.duplicate());
          super.datagramReceived(ByteBuffer.allocate(0), addr);
        }
      };
      endpoint(protocol, HERE.withRemoteAddr(peerAddress()));
      peerSends(data, protocol.address());
      protocol.awaitEvents(2);
      peerSends("another", protocol);
      protocol.awaitEvents(3);
      assertArrayEquals(data, kept.get(0).array());
      assertEquals(65_507, kept.get(0).remaining());
      assertEquals(7, kept.get(1).remaining());

      protocol.transport.sendto(ByteBuffer.allocateDirect(65_507).put(data).flip());
      assertArrayEquals(data, peerReceives());
      protocol.transport.sendto(ByteBuffer.wrap(data, 10, 20).asReadOnlyBuffer());
      assertArrayEquals(Arrays.copyOfRange(data, 10, 30), peerReceives());
    });
  }

  @Test
  @DisplayName(
      "DG-6: one datagram per turn: callbacks that the first one schedules run before the second")
  void onePerTurn() {
    run(() -> {
      var order = new Order();
      var protocol = new DatagramRecorder(loop) {
        @Override
        public void datagramReceived(ByteBuffer data, SocketAddress addr) {
          if (senders.isEmpty()) {
            order.expect(1);
            loop.callSoon(() -> order.expect(2));
          } else {
            order.finish(3);
          }
          super.datagramReceived(data, addr);
        }
      };
      endpoint(protocol, HERE);
      peerSends("one", protocol);
      peerSends("two", protocol);
      protocol.awaitEvents(3);
      order.checkFinished();
    });
  }

  @Test
  @DisplayName("DG-6: a flood leaves other work its turns, and keeps nothing on the heap")
  void flood() {
    run(() -> {
      var perTurn = new ArrayList<Integer>();
      DatagramRecorder protocol = endpoint(HERE);
      for (int i = 0; i < 100; i++) {
        peerSends("" + i, protocol);
      }
      while (protocol.events.size() < 101) {
        int before = protocol.events.size();
        turn();
        perTurn.add(protocol.events.size() - before);
      }
      assertEquals(
          List.of(), perTurn.stream().filter(count -> count > 1).toList(), perTurn::toString);
      assertEquals(
          IntStream.range(0, 100).mapToObj(Integer::toString).toList(),
          protocol.events.subList(1, 101));
    });
  }

  @Test
  @DisplayName("A datagram transport accepts only datagram protocols, and can change them")
  void protocols() {
    run(() -> {
      DatagramRecorder first = endpoint(HERE);
      assertThrows(
          IllegalArgumentException.class, () -> first.transport.setProtocol(new Protocol() {}));
      assertSame(first, first.transport.getProtocol());
      var second = new DatagramRecorder(loop);
      first.transport.setProtocol(second);
      assertSame(second, first.transport.getProtocol());
      peerSends("x", first);
      second.awaitEvents(1);
      assertEquals(List.of("x"), second.events);
      assertEquals(List.of("made"), first.events);
    });
  }

  @Test
  @DisplayName("LOOP-12: another thread cannot send, close or abort")
  void otherThread() {
    run(() -> {
      DatagramRecorder protocol = endpoint(HERE.withRemoteAddr(peerAddress()));
      for (Runnable call : List.<Runnable>of(
          () -> protocol.send("x"), protocol.transport::close, protocol.transport::abort)) {
        assertThrows(
            IllegalStateException.class,
            () -> loop.runInExecutor(() -> {
                  call.run();
                  return null;
                })
                .await());
      }
      assertFalse(protocol.transport.isClosing());
      assertThrows(SocketException.class, () -> {
        peer.close();
        peerReceives();
      });
    });
  }
}
