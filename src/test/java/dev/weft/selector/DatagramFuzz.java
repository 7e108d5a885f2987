package dev.weft.selector;

import dev.weft.io.UdpTransport;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.testkit.FedRandom;
import dev.weft.testkit.Loops;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.WriteBufferLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;

/*
 * Loopback delivers a datagram at once and in order while the receiver's buffer has room, and there are never more
 * under way than fit. So the other end must get all that one end has sent, each once, whole, in order and with its
 * sender, whatever happens meanwhile: a system that has no room, or refuses; a protocol that throws, sends inside its
 * calls, is replaced, or closes; marks that change.
 */

/** A fuzz target for a datagram endpoint: its input determines sizes, bursts, turns, failures and the end. */
public final class DatagramFuzz {

  private static final int LARGEST = 65_507;
  private static final int UNDER_WAY = 150_000; // bytes
  private static final int MOST_TURNS = 300; // until all that is under way has arrived

  private final Random random;
  private final EventLoop loop = EventLoop.getRunningLoop();
  private final List<DatagramChannel> peers = List.of(open(), open());
  private final ArrayDeque<Datagram> toEndpoint = new ArrayDeque<>();
  private final ArrayDeque<Datagram> toPeers = new ArrayDeque<>(); // not given to the system yet
  private UdpTransport transport;
  private int made; // datagrams
  private int underWay; // bytes to the endpoint
  private boolean roomless;
  private boolean refusing;
  private int errors; // not delivered to the protocol yet
  private int failures; // not reported yet
  private boolean paused;
  private boolean closed;
  private int losses;

  private record Datagram(byte[] data, SocketAddress addr) {
    /** About the room that it takes in the system's buffer. */
    int cost() {
      return 2 * data.length + 1_000;
    }

    void check(ByteBuffer data, SocketAddress addr) {
      hold(ByteBuffer.wrap(this.data).equals(data) && this.addr.equals(addr), "another datagram");
    }
  }

  private static final class Meant extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private DatagramFuzz(Random random) {
    this.random = random;
  }

  /** Fails if a datagram is lost, changed, delivered twice or out of order, or if an event comes that was not due. */
  public static void fuzzerTestOneInput(byte[] input) {
    Loops.run(() -> new DatagramFuzz(new FedRandom(input)).run());
  }

  private static void hold(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private static DatagramChannel open() {
    try {
      DatagramChannel channel = DatagramChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      channel.configureBlocking(false);
      return channel;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void run() throws IOException {
    var wrong = new Throwable[1];
    loop.setExceptionHandler((source, report) -> {
      Throwable error = report.exception().orElseThrow();
      if (error instanceof Meant) {
        failures--;
      } else {
        wrong[0] = error;
      }
    });
    Future<Void> begun = loop.createFuture();
    var socket = new ChannelDatagrams((SelectorEventLoop) loop, open(), this::give);
    transport = new UdpTransport((SelectorEventLoop) loop, socket, new Endpoint(), null, begun);
    begun.await();
    try {
      for (int i = random.nextInt(40); i >= 0; i--) {
        step();
      }
      finish();
      hold(wrong[0] == null, "reported: " + wrong[0]);
      hold(errors == 0 && failures == 0, errors + " errors, " + failures + " failures untold");
    } finally {
      transport.abort();
      for (DatagramChannel each : peers) {
        each.close();
      }
      Loops.turns(2);
    }
  }

  private void step() throws IOException {
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        for (int i = random.nextInt(30); i >= 0; i--) {
          peerSends(peers.get(random.nextInt(2)));
        }
      }
      case 2 -> endpointSends(peers.get(random.nextInt(2)).getLocalAddress());
      case 3, 4 -> Loops.turns(random.nextInt(4));
      case 5 -> roomless = !roomless;
      case 6 -> refusing = true;
      default -> {
        int high = random.nextInt(200);
        transport.setWriteBufferLimits(new WriteBufferLimits(random.nextInt(high + 1), high));
        transport.setProtocol(new Endpoint());
      }
    }
  }

  private void finish() {
    roomless = false;
    for (int i = 0; i < MOST_TURNS && !closed && !toEndpoint.isEmpty(); i++) {
      Loops.turns(1);
    }
    hold(closed || toEndpoint.isEmpty(), toEndpoint.size() + " datagrams have not come");
    closed = true;
    transport.close();
    for (int i = 0; i < MOST_TURNS && losses == 0; i++) {
      Loops.turns(1);
    }
    Loops.turns(2);
    hold(losses == 1, "lost " + losses + " times");
    hold(toPeers.isEmpty(), toPeers.size() + " datagrams have not been sent");
  }

  private byte[] fresh() {
    byte[] data = new byte
        [switch (random.nextInt(8)) {
          case 0 -> 0;
          case 1 -> LARGEST + random.nextInt(2);
          default -> random.nextInt(256);
        }];
    new Random(++made).nextBytes(data);
    return data;
  }

  private void peerSends(DatagramChannel peer) throws IOException {
    var datagram = new Datagram(fresh(), peer.getLocalAddress());
    if (closed || datagram.data.length > LARGEST || underWay + datagram.cost() > UNDER_WAY) {
      return;
    }
    underWay += datagram.cost();
    toEndpoint.add(datagram);
    peer.send(ByteBuffer.wrap(datagram.data), transport.getExtraInfo(ExtraInfo.SOCKNAME));
  }

  private void endpointSends(SocketAddress addr) {
    if (closed) {
      return;
    }
    var datagram = new Datagram(fresh(), addr);
    toPeers.add(datagram);
    var buffer = ByteBuffer.wrap(datagram.data.clone());
    transport.sendto(buffer, addr);
    hold(!buffer.hasRemaining(), "something is left of what was sent");
    buffer.clear().put(new byte[buffer.capacity()]); // it belongs to the caller again
  }

  /** The system, which delivers it to the peer. */
  private int give(DatagramChannel channel, ByteBuffer data, SocketAddress addr)
      throws IOException {
    if (roomless && data.hasRemaining()) { // the loss of empty ones would not be noticed
      return 0;
    }
    toPeers.remove().check(data, addr);
    if (refusing) {
      refusing = false;
      errors++;
      throw new IOException("refused");
    }
    var expected =
        new Datagram(bytes(data.duplicate()), transport.getExtraInfo(ExtraInfo.SOCKNAME));
    int sent;
    try {
      sent = channel.send(data, addr);
    } catch (IOException tooLong) {
      hold(expected.data.length > LARGEST, "cannot send: " + tooLong);
      errors++;
      throw tooLong;
    }
    for (DatagramChannel each : peers) {
      if (each.getLocalAddress().equals(addr)) {
        var received = ByteBuffer.allocate(LARGEST);
        SocketAddress from = each.receive(received);
        expected.check(received.flip(), from);
      }
    }
    return sent;
  }

  private static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }

  private final class Endpoint implements DatagramProtocol {

    /** The actions of a protocol in any of its calls. */
    private void misbehave() {
      int kind = random.nextInt(24);
      if (kind == 0) {
        failures++;
        throw new Meant();
      } else if (kind == 1 && random.nextInt(8) == 0) {
        closed = true;
        transport.close();
      }
    }

    @Override
    public void connectionMade(BaseTransport base) {
      hold(transport == null || base == transport, "another transport");
    }

    @Override
    public void datagramReceived(ByteBuffer data, SocketAddress addr) {
      hold(!closed, "a datagram after the end");
      Datagram expected = toEndpoint.remove();
      underWay -= expected.cost();
      expected.check(data, addr);
      if (random.nextBoolean()) {
        endpointSends(addr);
      }
      misbehave();
    }

    @Override
    public void errorReceived(IOException error) {
      hold(errors-- > 0, "an error that was not due: " + error);
      misbehave();
    }

    @Override
    public void pauseWriting() {
      hold(!paused && losses == 0, "paused twice");
      paused = true;
      misbehave();
    }

    @Override
    public void resumeWriting() {
      hold(paused && losses == 0, "resumed without a pause");
      paused = false;
      if (random.nextBoolean()) {
        endpointSends(peerAddress());
      }
      misbehave();
    }

    private SocketAddress peerAddress() {
      try {
        return peers.get(0).getLocalAddress();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void connectionLost(Throwable error) {
      hold(closed && error == null, "lost by " + error);
      losses++;
    }
  }
}
