package dev.weft.it;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.loop.Server;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.Transport;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server shuts down while its clients drain slowly, over IPv4 and IPv6 at once. */
@RequiresPeer("python")
@Timeout(90)
class ShutdownIT {

  private static final int SIZE = 1 << 20;
  private static final int SLOW = 30;
  private static final int STUCK = 5;
  private static final Duration SOON = Duration.ofSeconds(60);

  private final List<Sender> senders = new ArrayList<>();

  @Test
  @DisplayName(
      "SRV-1, SRV-17: clients that read within the grace get every byte, others are cut off")
  void shutdown() throws IOException {
    run(() -> {
      Server server = getRunningLoop()
          .createServer(Sender::new, List.of("127.0.0.1", "::1"), 0, ServerOptions.defaults());
      List<TransportSocket> sockets = server.sockets();
      assertEquals(2, sockets.size());
      try (Peer four = fleet("127.0.0.1", sockets.get(0));
          Peer six = fleet("::1", sockets.get(1))) {
        while (senders.size() < 2 * (SLOW + STUCK)) {
          sleep(Duration.ofMillis(10));
        }
        assertFalse(server.shutdown(Duration.ofSeconds(5)));
        for (Sender sender : senders) {
          assertEquals(1, sender.timesLost);
          assertNull(sender.error);
        }
        for (Peer fleet : List.of(four, six)) {
          fleet.stdin().write('\n');
          fleet.stdin().close();
          int code = await(getRunningLoop().runInExecutor(() -> fleet.waitFor(SOON)));
          assertEquals(
              "all are connected\nthe slow ones have it all\nthe stuck ones were cut off\n",
              fleet.output());
          assertEquals(0, code);
        }
      }
    });
  }

  private static Peer fleet(String host, TransportSocket listening) throws IOException {
    int port = ((InetSocketAddress) listening.getLocalAddress()).getPort();
    return Peers.startPython("slow_clients.py", host, port, SIZE, SLOW, STUCK);
  }

  /** Sends its data and closes; the close completes when all is sent. */
  private final class Sender implements Protocol {
    int timesLost;
    Throwable error;

    @Override
    public void connectionMade(BaseTransport base) {
      Transport transport = (Transport) base;
      try {
        transport
            .getExtraInfo(ExtraInfo.SOCKET)
            .setOption(StandardSocketOptions.SO_SNDBUF, 64 * 1024);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      transport.write(new byte[SIZE]);
      transport.close();
      senders.add(this);
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      throw new AssertionError("the client must not send");
    }

    @Override
    public void connectionLost(Throwable error) {
      timesLost++;
      this.error = error;
    }
  }
}
