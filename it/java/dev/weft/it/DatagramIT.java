package dev.weft.it;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.weft.examples.EchoDatagramServer;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import dev.weft.loop.EventLoop;
import dev.weft.sync.Queue;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams between Weft and others. */
@Timeout(40)
class DatagramIT {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final List<Integer> SIZES = List.of(1, 2, 1_472, 1_473, 0, 65_507, 10);

  /** Keeps what comes, datagrams and errors. */
  private static final class Client implements DatagramProtocol {
    private final Queue<Object> received = new Queue<>();

    @Override
    public void datagramReceived(ByteBuffer data, SocketAddress addr) {
      received.putNowait(data);
    }

    @Override
    public void errorReceived(IOException error) {
      received.putNowait(error);
    }
  }

  @Test
  @RequiresPeer("python")
  @DisplayName(
      "DG-4, DG-6: CPython's client gets its datagrams back from Weft, whatever their size")
  void weftServes() throws Exception {
    Object[] arguments = new Object[2 + SIZES.size()];
    arguments[0] = "client";
    try (Peer weft = Weft.example(EchoDatagramServer.class, "32m")) {
      arguments[1] = Weft.port(weft);
      System.arraycopy(SIZES.toArray(), 0, arguments, 2, SIZES.size());
      try (Peer python = Peers.startPython("datagrams.py", arguments)) {
        assertEquals(0, python.waitFor(SOON), python::output);
        assertEquals(
            SIZES.stream().map(size -> size + " bytes came back\n").collect(Collectors.joining()),
            python.output());
      }
    }
  }

  @Test
  @RequiresPeer("python")
  @DisplayName(
      "DG-3, DG-4: Weft gets its datagrams back from CPython, and is told when CPython has gone")
  void weftConnects() throws Exception {
    try (Peer python = Peers.startPython("datagrams.py", "server")) {
      var remote = new InetSocketAddress("127.0.0.1", Weft.port(python));
      var options = DatagramOptions.defaults().withRemoteAddr(remote);
      run(() -> {
        EventLoop loop = getRunningLoop();
        var unconnected =
            loop.createDatagramEndpoint(Client::new, options.withAllowBroadcast(true));
        try (DatagramTransport transport = unconnected.transport()) {
          for (int size : SIZES) {
            byte[] data = new byte[size];
            new Random(size).nextBytes(data);
            transport.sendto(ByteBuffer.wrap(data));
            assertEquals(ByteBuffer.wrap(data), unconnected.protocol().received.get());
          }
        }

        var connected = loop.createDatagramEndpoint(Client::new, options);
        try (DatagramTransport transport = connected.transport()) {
          transport.sendto(ByteBuffer.allocate(5));
          assertEquals(ByteBuffer.allocate(5), connected.protocol().received.get());
          python.process().destroyForcibly();
          loop.runInExecutor(() -> python.process().waitFor()).await();
          transport.sendto(ByteBuffer.allocate(5));
          assertInstanceOf(
              PortUnreachableException.class, connected.protocol().received.get());
        }
      });
    }
  }

  @Test
  @RequiresPeer("socat")
  @DisplayName("socat sends a datagram and prints the echo")
  void socat() throws Exception {
    try (Peer weft = Weft.example(EchoDatagramServer.class, "32m");
        Peer socat =
            Peers.start("socat", "-t", 20, "-,ignoreeof", "UDP:127.0.0.1:" + Weft.port(weft))) {
      socat.stdin().write("hello, datagram\n".getBytes(StandardCharsets.US_ASCII));
      socat.stdin().flush();
      assertEquals("datagram", socat.awaitOutput("hello, ", SOON));
    }
  }
}
