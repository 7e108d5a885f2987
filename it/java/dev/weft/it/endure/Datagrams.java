package dev.weft.it.endure;

import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Ledger.Heard;
import dev.weft.loop.EventLoop;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** An endpoint of the loop that sends datagrams back, and a peer that sends some that it does not understand. */
final class Datagrams implements DatagramProtocol {

  private static final int LARGEST = 65_507;
  private static final int PATIENCE = 20; // milliseconds; a datagram may be lost
  private static final int FAILS = 100;

  private static final AtomicInteger IDS = new AtomicInteger();

  private final Ledger ledger;
  private DatagramTransport transport;
  private int received;

  private Datagrams(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Opens the endpoint. Suspends. */
  static DatagramTransport open(Ledger ledger) throws IOException {
    return EventLoop.getRunningLoop()
        .createDatagramEndpoint(
            () -> new Datagrams(ledger),
            DatagramOptions.defaults().withLocalAddr(new InetSocketAddress("127.0.0.1", 0)))
        .transport();
  }

  @Override
  public void connectionMade(BaseTransport base) {
    ledger.onCarrier();
    ledger.count(Count.CONNECTIONS_MADE);
    transport = (DatagramTransport) base;
  }

  @Override
  public void datagramReceived(ByteBuffer data, SocketAddress addr) {
    ledger.onCarrier();
    transport.sendto(data, addr);
    if (++received % FAILS == 0) {
      throw ledger.failure(Heard.BY_HANDLER);
    }
  }

  @Override
  public void errorReceived(IOException error) {
    ledger.violate("an endpoint's error", error);
  }

  @Override
  public void connectionLost(Throwable error) {
    ledger.onCarrier();
    ledger.count(Count.CONNECTIONS_LOST);
  }

  /** Sends some datagrams one by one, and checks that each answer was sent and is not a repetition. Blocks. */
  static void converse(Ledger ledger, int port, SplittableRandom random) throws IOException {
    int id = IDS.incrementAndGet();
    try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      socket.setSoTimeout(PATIENCE);
      int seen = -1;
      for (int number = 0, count = 1 + random.nextInt(20); number < count; number++) {
        byte[] frame = Frames.frame(id, number, random.nextInt(10) == 0 ? Frames.LARGEST : 500);
        ledger.operation(Count.DATAGRAMS_SENT);
        socket.send(
            new DatagramPacket(frame, frame.length, InetAddress.getLoopbackAddress(), port));
        var packet = new DatagramPacket(new byte[LARGEST + 1], LARGEST + 1);
        try {
          socket.receive(packet);
        } catch (SocketTimeoutException lost) {
          continue;
        }
        byte[] answer = Arrays.copyOf(packet.getData(), packet.getLength());
        if (Frames.id(ByteBuffer.wrap(answer)) != id) {
          continue; // for the previous owner of this port
        }
        int which = Frames.number(ByteBuffer.wrap(answer));
        ledger.hold(
            which > seen && which <= number && Frames.is(answer, id, which),
            "another datagram than the " + number + "th");
        seen = which;
        ledger.count(Count.DATAGRAMS_ANSWERED);
      }
    }
  }
}
