package dev.weft.selector;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.io.WriteQueue;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.stream.FlowControl;
import dev.weft.testkit.Loops;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A call on a channel parks because another thread is in one, and other tasks read and write meanwhile: no task gets
 * or sends the data of another, and writes to one connection keep their order.
 */
@Timeout(30)
class LentBuffersTest extends UdpTest {

  private static final byte[] NOISE = bytes("#".repeat(100));

  private final SelectorEventLoop selecting = (SelectorEventLoop) loop;

  /** Starts a task that parks in a call on a channel. */
  private Task<Void> parked(ChannelLock lock, ThrowingRunnable<?> coroutine) {
    Task<Void> task = Loops.started(coroutine);
    await(lock);
    return task;
  }

  /** Lets the loop turn until a thread waits for the lock. */
  private static void await(ChannelLock lock) {
    while (!lock.isWanted()) {
      turn();
    }
  }

  /** The channel of a transport. */
  private static Channel channelOf(BaseTransport transport) {
    TransportSocket socket = transport.getExtraInfo(ExtraInfo.SOCKET);
    return socket != null ? socket.channel() : (Channel) transport.getExtraInfo(ExtraInfo.PIPE);
  }

  /** Uses each buffer of the loop once, with unique bytes. */
  private void useBuffers() throws Exception {
    DatagramRecorder datagrams = endpoint(HERE);
    datagrams.transport.sendto(ByteBuffer.wrap(NOISE), peerAddress());
    assertArrayEquals(NOISE, peerReceives());
    peerSends(NOISE, datagrams.address());
    datagrams.awaitEvents(2);

    var protocol = new Recorder(loop);
    Peer stream = connect(protocol);
    protocol.transport.write(NOISE);
    assertArrayEquals(NOISE, stream.receive(100));
    stream.send(NOISE);
    protocol.awaitBytes(100);
    protocol.transport.abort();

    Pair pair = pair();
    pair.channel().configureBlocking(false);
    loop.sockSendall(pair.channel(), ByteBuffer.wrap(NOISE));
    pair.peer().send(NOISE);
    assertArrayEquals(NOISE, loop.sockRecv(pair.channel(), 100));
  }

  /**
   * A writer parks, other tasks use buffers, one of them parks too, and then the first continues.
   *
   * @param write the call that a task makes, and that parks
   */
  private void whileParked(Channel channel, ThrowingRunnable<?> write) throws Exception {
    DatagramChannel other = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0));
    var protocol = new DatagramRecorder(loop);
    endpoint(protocol, other);
    Task<Void> writing;
    Task<Void> sending;
    try (ChannelLock otherLock = ChannelLock.writing(other)) {
      try (ChannelLock lock = ChannelLock.writing(channel)) {
        writing = parked(lock, write);
        useBuffers();
        sending = parked(
            otherLock, () -> protocol.transport.sendto(ByteBuffer.wrap(NOISE), peerAddress()));
        assertFalse(writing.done());
      }
      writing.await();
    }
    sending.await();
    assertArrayEquals(NOISE, peerReceives());
    protocol.transport.abort();
  }

  @Test
  @DisplayName("a stream transport whose write parks sends its own bytes, also at its first write")
  void streamWrite() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer stream = connect(protocol);
      for (String text : List.of("the first bytes", "more bytes")) {
        whileParked(channelOf(protocol.transport), () -> protocol.transport.write(bytes(text)));
        assertEquals(text, stream.receiveText(text.length()));
      }
      whileParked(
          channelOf(protocol.transport),
          () -> protocol.transport.writelines(
              List.of(ByteBuffer.wrap(bytes("many")), ByteBuffer.wrap(bytes(" buffers")))));
      assertEquals("many buffers", stream.receiveText(12));
      protocol.transport.abort();
    });
  }

  @Test
  @DisplayName(
      "a stream transport whose queue is being sent by a callback that parks sends its own bytes")
  void streamFlush() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer stream = connect(protocol);
      byte[] data = new byte[4_000_000];
      Arrays.fill(data, (byte) 'a');
      var other = new DatagramRecorder(loop);
      DatagramChannel otherChannel = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0));
      endpoint(other, otherChannel);
      protocol.transport.write(data);
      assertTrue(protocol.transport.getWriteBufferSize() > 0);
      Task<byte[]> reading;
      Task<Void> sending;
      try (ChannelLock otherLock = ChannelLock.writing(otherChannel)) {
        try (ChannelLock lock = ChannelLock.writing(channelOf(protocol.transport))) {
          reading = loop.createTask(() -> stream.receive(100_000));
          await(lock);
          sending = parked(
              otherLock, () -> other.transport.sendto(ByteBuffer.allocate(60_000), peerAddress()));
          protocol.transport.write(bytes("the end"));
          protocol.transport.close();
        }
        assertArrayEquals(Arrays.copyOf(data, 100_000), reading.await());
      }
      sending.await();
      assertArrayEquals(Arrays.copyOf(data, 3_900_000), stream.receive(3_900_000));
      assertEquals("the end", stream.receiveText(7));
      assertEquals(-1, stream.receiveByte());
      assertNull(protocol.lost.await());
    });
  }

  @Test
  @DisplayName("a datagram transport whose send parks sends its own bytes")
  void datagramSend() {
    run(() -> {
      var protocol = new DatagramRecorder(loop);
      DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0));
      endpoint(protocol, channel);
      Task<Void> sending;
      try (ChannelLock lock = ChannelLock.writing(channel)) {
        sending = parked(
            lock, () -> protocol.transport.sendto(ByteBuffer.wrap(bytes("mine")), peerAddress()));
        useBuffers();
      }
      sending.await();
      assertEquals("mine", peerReceivesText());
    });
  }

  @Test
  @DisplayName("a datagram transport whose receive parks gets the datagram whole")
  void datagramReceive() {
    run(() -> {
      var protocol = new DatagramRecorder(loop);
      DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0));
      endpoint(protocol, channel);
      DatagramRecorder other = endpoint(HERE);
      try (ChannelLock lock = ChannelLock.reading(channel)) {
        peerSends("a long datagram", protocol);
        await(lock);
        other.transport.sendto(ByteBuffer.wrap(bytes("#")), peerAddress());
      }
      protocol.awaitEvents(2);
      assertEquals("a long datagram", protocol.events.get(1));
      assertEquals("#", peerReceivesText());
    });
  }

  @Test
  @DisplayName("a pipe whose write parks writes its own bytes")
  void pipeWrite() {
    run(() -> {
      Pipe pipe = Pipe.open();
      var writing = loop.connectWritePipe(
          () -> new Recorder(loop) {
            @Override
            public void connectionMade(BaseTransport base) {}
          },
          pipe.sink());
      whileParked(pipe.sink(), () -> writing.transport().write(bytes("first ")));
      whileParked(
          pipe.sink(),
          () -> writing.transport().writelines(List.of(ByteBuffer.wrap(bytes("second")))));
      ByteBuffer read = ByteBuffer.allocate(100);
      pipe.source().read(read);
      assertEquals("first second", new String(read.array(), 0, read.position(), US_ASCII));
      writing.transport().abort();
      pipe.source().close();
    });
  }

  @Test
  @DisplayName(
      "a raw socket whose send parks sends its own bytes, and one whose receive parks gets its own")
  void rawSockets() {
    run(() -> {
      Pair pair = pair();
      SocketChannel channel = pair.channel();
      channel.configureBlocking(false);
      whileParked(channel, () -> loop.sockSendall(channel, ByteBuffer.wrap(bytes("mine"))));
      assertEquals("mine", pair.peer().receiveText(4));

      DatagramChannel datagrams = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0));
      datagrams.configureBlocking(false);
      for (int i = 0; i < 2; i++) {
        boolean into = i == 1;
        ByteBuffer target = ByteBuffer.allocate(100);
        Task<Void> receiving;
        try (ChannelLock lock = ChannelLock.reading(datagrams)) {
          peerSends(bytes("a datagram"), datagrams.getLocalAddress());
          receiving = parked(lock, () -> {
            if (into) {
              loop.sockRecvfromInto(datagrams, target);
            } else {
              target.put(loop.sockRecvfrom(datagrams, 100).data());
            }
          });
          useBuffers();
        }
        receiving.await();
        assertEquals("a datagram", US_ASCII.decode(target.flip()).toString());
      }
      datagrams.close();
    });
  }

  @Test
  @DisplayName("a socket of LoopSockets whose write parks sends its own bytes")
  void loopSockets() {
    run(() -> {
      var socket = new LoopSocketImpl(selecting);
      socket.create(true);
      try (ServerSocket listening = Peer.listen()) {
        socket.connect(listening.getLocalSocketAddress(), 0);
        try (Socket accepted = listening.accept()) {
          whileParked(socket.channel, () -> socket.getOutputStream().write(bytes("mine")));
          assertEquals("mine", new String(accepted.getInputStream().readNBytes(4), US_ASCII));
        }
      } finally {
        socket.close();
      }
    });
  }

  @Test
  @DisplayName(
      "what tasks write to one connection keeps its order while a write is parked, and close comes last")
  void orderOfStream() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer stream = connect(protocol);
      Task<Void> first;
      try (ChannelLock lock = ChannelLock.writing(channelOf(protocol.transport))) {
        first = parked(lock, () -> protocol.transport.write(bytes("one ")));
        protocol.transport.write(bytes("two "));
        protocol.transport.writelines(List.of(ByteBuffer.wrap(bytes("three"))));
        protocol.transport.close();
        turn();
        assertFalse(protocol.lost.done());
      }
      first.await();
      assertEquals("one two three", new String(stream.receiveAll(), US_ASCII));
      assertNull(protocol.lost.await());
    });
  }

  @Test
  @DisplayName("writeEof and close wait for a write that is parked")
  void endsBehindParkedWrite() {
    run(() -> {
      for (int i = 0; i < 2; i++) {
        boolean close = i == 1;
        var protocol = new Recorder(loop);
        Peer stream = connect(protocol);
        Task<Void> writing;
        try (ChannelLock lock = ChannelLock.writing(channelOf(protocol.transport))) {
          writing = parked(lock, () -> protocol.transport.write(bytes("mine")));
          if (close) {
            protocol.transport.close();
          } else {
            protocol.transport.writeEof();
          }
        }
        writing.await();
        assertEquals("mine", new String(stream.receiveAll(), US_ASCII));
        protocol.transport.abort();
        assertNull(protocol.lost.await());
      }
    });
  }

  @Test
  @DisplayName("abort while a write is parked ends the connection once, without an error")
  void abortDuringParkedWrite() {
    run(() -> {
      var protocol = new Recorder(loop);
      connect(protocol);
      Task<Void> writing;
      try (ChannelLock lock = ChannelLock.writing(channelOf(protocol.transport))) {
        writing = parked(lock, () -> protocol.transport.write(bytes("dropped")));
        protocol.transport.abort();
      }
      writing.await();
      assertNull(protocol.lost.await());
      assertEquals(0, protocol.transport.getWriteBufferSize());
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "datagrams that tasks send keep their order while a send is parked, and close comes last")
  void orderOfDatagrams() {
    run(() -> {
      var protocol = new DatagramRecorder(loop);
      DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0));
      endpoint(protocol, channel);
      Task<Void> first;
      try (ChannelLock lock = ChannelLock.writing(channel)) {
        first = parked(
            lock, () -> protocol.transport.sendto(ByteBuffer.wrap(bytes("one")), peerAddress()));
        protocol.transport.sendto(ByteBuffer.wrap(bytes("two")), peerAddress());
        protocol.transport.close();
        turn();
        assertFalse(protocol.lost.done());
      }
      first.await();
      assertNull(protocol.lost.await());
      assertEquals("one", peerReceivesText());
      assertEquals("two", peerReceivesText());
    });
  }

  @Test
  @DisplayName(
      "what is written to a pipe keeps its order while a write is parked, and close comes last")
  void orderOfPipe() {
    run(() -> {
      Pipe pipe = Pipe.open();
      var reader = new Recorder(loop) {
        @Override
        public void connectionMade(BaseTransport base) {}
      };
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), pipe.sink());
      loop.connectReadPipe(() -> reader, pipe.source());
      Task<Void> first;
      try (ChannelLock lock = ChannelLock.writing(pipe.sink())) {
        first = parked(lock, () -> writing.transport().write(bytes("one ")));
        writing.transport().write(bytes("two"));
        writing.transport().close();
        turn();
      }
      first.await();
      reader.lost.await();
      assertEquals("one two", reader.text());
    });
  }

  @Test
  @DisplayName(
      "a buffer is lent to one user at a time; the last one returned is lent first; few are kept")
  void lending() {
    ByteBuffer first = selecting.buffers.take();
    ByteBuffer second = selecting.buffers.take();
    assertNotSame(first, second);
    selecting.buffers.give(second);
    selecting.buffers.give(first.put((byte) 1));
    assertSame(first, selecting.buffers.take());
    assertEquals(IoBuffers.READ_SIZE, first.remaining());
    selecting.buffers.give(first);

    var lent = new ArrayList<ByteBuffer>();
    for (int i = 0; i < 10; i++) {
      lent.add(selecting.buffers.take());
    }
    lent.forEach(selecting.buffers::give);
    long kept = 0;
    for (int i = 0; i < 10; i++) {
      ByteBuffer next = selecting.buffers.take();
      kept += lent.stream().filter(buffer -> buffer == next).count();
    }
    assertEquals(4, kept);
  }

  @Test
  @DisplayName("a buffer is returned on every way out")
  void givenBack() {
    run(() -> {
      ByteBuffer only = selecting.buffers.take();
      selecting.buffers.give(only);

      Pair pair = pair();
      pair.channel().configureBlocking(false);
      pair.channel().close();
      assertThrows(ClosedChannelException.class, () -> selecting.buffers.read(pair.channel()));
      assertThrows(
          ClosedChannelException.class,
          () -> selecting.buffers.read(pair.channel(), ByteBuffer.allocate(1)));
      assertThrows(
          ClosedChannelException.class,
          () -> selecting.buffers.write(pair.channel(), ByteBuffer.allocate(1)));
      var queue = new WriteQueue();
      queue.add(ByteBuffer.allocate(1));
      assertThrows(
          ClosedChannelException.class, () -> selecting.buffers.write(pair.channel(), queue));

      var failing = new DatagramRecorder(loop);
      endpoint(failing, (channel, data, addr) -> {
        throw new IOException("on purpose");
      });
      failing.transport.sendto(ByteBuffer.allocate(1), peerAddress());
      assertEquals(List.of("made", "error"), failing.events);
      assertSame(only, selecting.buffers.take());
      selecting.buffers.give(only);
    });
  }
}
