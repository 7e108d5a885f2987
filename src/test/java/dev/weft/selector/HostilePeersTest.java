package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Server;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.Descriptors;
import dev.weft.testkit.Loops;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Peers that break off at every stage of a connection, send garbage, or never read: each connection ends, each
 * protocol gets that once, and no channel, key or descriptor remains.
 */
@Timeout(120)
@Tag("slow")
class HostilePeersTest extends TcpTest {

  private static final int EACH = 5;

  /** More than the system takes from a writer whose peer does not read. */
  private static final int FLOOD = 16 << 20;

  private static final byte[] HELLO_BEGINS = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
  private static final byte[] DATA_RECORD_BEGINS = {23, 3, 3, 0x40, 0, 1, 2, 3};
  private static final byte[] NO_DATA_RECORD = Arrays.copyOf(new byte[] {23, 3, 3, 0, 40}, 45);

  private final List<Recorder> served = new ArrayList<>();

  /** Answers all data with more than a peer would wait for. */
  private final class Flood extends Recorder {
    Flood() {
      super(HostilePeersTest.this.loop);
      served.add(this);
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      super.dataReceived(data);
      transport.write(ByteBuffer.allocate(FLOOD));
    }
  }

  /** The actions of a peer, on its own thread, with a new connection. */
  private interface Attack {
    void by(Socket peer) throws Exception;
  }

  private enum Plain implements Attack {
    RESETS_AT_ONCE(HostilePeersTest::reset),
    ENDS_AT_ONCE(Socket::close),
    ENDS_HALF_AND_RESETS(peer -> {
      peer.shutdownOutput();
      reset(peer);
    }),
    RESETS_WHILE_IT_IS_WRITTEN_TO(peer -> {
      peer.getOutputStream().write(1);
      peer.getInputStream().readNBytes(1000);
      reset(peer);
    }),
    ENDS_WHILE_IT_IS_WRITTEN_TO(peer -> {
      peer.getOutputStream().write(1);
      peer.getInputStream().readNBytes(1000);
      peer.close();
    });

    private final Attack attack;

    Plain(Attack attack) {
      this.attack = attack;
    }

    @Override
    public void by(Socket peer) throws Exception {
      attack.by(peer);
    }
  }

  private enum Tls implements Attack {
    RESETS_AT_ONCE(false, HostilePeersTest::reset),
    ENDS_AT_ONCE(false, Socket::close),
    SPEAKS_ANOTHER_PROTOCOL(
        false, peer -> sendAndAwaitEnd(peer, "GET / HTTP/1.1\r\n\r\n".getBytes())),
    STALLS_IN_ITS_HELLO(false, peer -> sendAndAwaitEnd(peer, HELLO_BEGINS)),
    RESETS_IN_ITS_HELLO(false, peer -> {
      peer.getOutputStream().write(HELLO_BEGINS);
      reset(peer);
    }),
    ENDS_IN_ITS_HELLO(false, peer -> {
      peer.getOutputStream().write(HELLO_BEGINS);
      peer.close();
    }),
    STALLS_BEHIND_ITS_HELLO(false, peer -> sendAndAwaitEnd(peer, hello())),
    RESETS_BEHIND_ITS_HELLO(false, peer -> {
      peer.getOutputStream().write(hello());
      peer.getInputStream().readNBytes(10);
      reset(peer);
    }),
    ENDS_BEHIND_ITS_HELLO(false, peer -> {
      peer.getOutputStream().write(hello());
      peer.getInputStream().readNBytes(10);
      peer.close();
    }),
    REFUSES_THE_CERTIFICATE(false, peer -> {
      SSLSocket socket = (SSLSocket)
          SSLContext.getDefault().getSocketFactory().createSocket(peer, "localhost", 0, true);
      assertThrows(SSLException.class, socket::startHandshake);
      socket.close();
    }),
    RESETS_AFTER_THE_HANDSHAKE(true, peer -> {
      handshake(peer);
      reset(peer);
    }),
    ENDS_WITHOUT_A_CLOSE_NOTIFY(true, peer -> {
      handshake(peer);
      peer.close();
    }),
    RESETS_IN_A_RECORD(true, peer -> {
      handshake(peer);
      peer.getOutputStream().write(DATA_RECORD_BEGINS);
      reset(peer);
    }),
    ENDS_IN_A_RECORD(true, peer -> {
      handshake(peer);
      peer.getOutputStream().write(DATA_RECORD_BEGINS);
      peer.close();
    }),
    SENDS_NONSENSE(true, peer -> {
      handshake(peer);
      sendAndAwaitEnd(peer, NO_DATA_RECORD);
    }),
    CLOSES_AND_STAYS(true, peer -> {
      SSLSocket socket = handshake(peer);
      socket.shutdownOutput();
      awaitEnd(peer);
    }),
    NEVER_READS_AND_RESETS(true, peer -> {
      SSLSocket socket = handshake(peer);
      socket.getOutputStream().write(1);
      peer.getInputStream().readNBytes(1000); // so it has begun to answer
      reset(peer);
    }),
    NEVER_READS_AND_ENDS(true, peer -> {
      SSLSocket socket = handshake(peer);
      socket.getOutputStream().write(1);
      peer.getInputStream().readNBytes(1000);
      peer.close();
    });

    private final boolean made;
    private final Attack attack;

    Tls(boolean made, Attack attack) {
      this.made = made;
      this.attack = attack;
    }

    @Override
    public void by(Socket peer) throws Exception {
      attack.by(peer);
    }
  }

  private static void reset(Socket peer) throws IOException {
    peer.setSoLinger(true, 0);
    peer.close();
  }

  private static void sendAndAwaitEnd(Socket peer, byte[] bytes) throws IOException {
    peer.getOutputStream().write(bytes);
    awaitEnd(peer);
  }

  private static void awaitEnd(Socket peer) throws IOException {
    try (peer) {
      peer.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException reset) {
      assertTrue(reset.getMessage().contains("reset"), reset::toString);
    }
  }

  private static SSLSocket handshake(Socket peer) throws IOException {
    var socket = (SSLSocket)
        Certificates.client().getSocketFactory().createSocket(peer, "localhost", 0, false);
    socket.startHandshake();
    return socket;
  }

  private static byte[] hello() throws SSLException {
    SSLEngine engine = Certificates.client().createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  private void attack(Attack attack, ServerOptions options) throws IOException {
    int keys = ((SelectorEventLoop) loop).poller.registered();
    int sockets = Descriptors.sockets();
    Server server = loop.createServer(Flood::new, LOCAL, 0, options);
    for (int i = 0; i < EACH; i++) {
      loop.runInExecutor(() -> {
            attack.by(new Socket(LOCAL, server.port()));
            return null;
          })
          .await();
    }
    while (served.size() < EACH) {
      turn(); // the last ones may not be accepted yet
    }
    server.close();
    server.waitClosed();
    Loops.turns(3); // a layer's connectionLost comes later than that of the transport below
    assertEquals(keys, ((SelectorEventLoop) loop).poller.registered(), "channels stay registered");
    assertEquals(sockets, Descriptors.sockets(), "descriptors stay open");
  }

  private void assertLostOnce(Recorder protocol) {
    List<String> events = protocol.events;
    assertEquals(1, Collections.frequency(events, "made"), events::toString);
    assertEquals(
        1, events.stream().filter(event -> event.startsWith("lost")).count(), events::toString);
    assertTrue(events.get(events.size() - 1).startsWith("lost"), events::toString);
    assertEquals(0, protocol.transport.getWriteBufferSize());
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "TR-10, TR-12: a peer that breaks off at any stage is lost once and leaves nothing behind")
  void plain(Plain attack) {
    run(() -> {
      attack(attack, ServerOptions.defaults());
      served.forEach(this::assertLostOnce);
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "TLS-5, TLS-14, TR-10: the same over TLS; before the end of the handshake the protocol gets no call")
  void tls(Tls attack) {
    run(() -> {
      var ssl = SslOptions.of(Certificates.server("server"));
      boolean stalls = attack.name().startsWith("STALLS");
      loop.setDebug(true); // otherwise a summary reports failed handshakes
      attack(
          attack,
          ServerOptions.defaults()
              .withSsl(stalls ? ssl.withHandshakeTimeout(Duration.ofMillis(200)) : ssl));
      List<Recorder> unmade =
          served.stream().filter(protocol -> protocol.events.isEmpty()).toList();
      served.stream().filter(protocol -> !unmade.contains(protocol)).forEach(this::assertLostOnce);
      // a reset may overtake the end of the handshake, which is then not seen
      assertTrue(
          attack.made
              ? attack.name().startsWith("RESETS") || unmade.isEmpty()
              : unmade.size() == EACH,
          unmade::toString);
      List<ExceptionContext> reports = takeReports();
      assertEquals(unmade.size(), reports.size(), reports::toString);
      reports.forEach(
          report -> assertInstanceOf(IOException.class, report.exception().orElseThrow()));
    });
  }

  /** Sends data back as fast as the peer takes it. */
  private final class Echo extends Recorder {
    private boolean paused;

    Echo() {
      super(HostilePeersTest.this.loop);
      served.add(this);
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      transport.write(data);
    }

    @Override
    public void pauseWriting() {
      paused = true;
      transport.pauseReading();
    }

    @Override
    public void resumeWriting() {
      paused = false;
      transport.resumeReading();
    }
  }

  /** Sends as long as it can, and reads nothing before it is allowed to. */
  private final class Sender extends Recorder {
    private boolean paused;

    Sender() {
      super(HostilePeersTest.this.loop);
    }

    @Override
    public void connectionMade(BaseTransport base) {
      super.connectionMade(base);
      transport.pauseReading();
    }

    @Override
    public void pauseWriting() {
      paused = true;
    }

    @Override
    public void resumeWriting() {
      paused = false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName(
      "TR-20, TLS-18: a peer that sends and never reads is not read; both ends hold little, and lose nothing")
  void neverReads(boolean tls) {
    run(() -> {
      ServerOptions options = ServerOptions.defaults();
      ConnectionOptions connecting = ConnectionOptions.defaults();
      if (tls) {
        options = options.withSsl(SslOptions.of(Certificates.server("server")));
        connecting = connecting.withSsl(
            SslOptions.of(Certificates.client()).withServerHostname("localhost"));
      }
      try (Server server = loop.createServer(Echo::new, LOCAL, 0, options)) {
        Sender client =
            loop.createConnection(Sender::new, LOCAL, server.port(), connecting).protocol();
        byte[] chunk = new byte[64 * 1024];
        Arrays.fill(chunk, (byte) 7);
        int sent = 0;
        while (!client.paused || served.isEmpty() || !((Echo) served.get(0)).paused) {
          if (!client.paused) {
            client.transport.write(ByteBuffer.wrap(chunk));
            sent += chunk.length;
          }
          turn();
        }
        Loops.turns(100);
        var echo = (Echo) served.get(0);
        assertTrue(client.paused && echo.paused);
        int high = echo.transport.getWriteBufferLimits().high();
        int most = high + IoBuffers.READ_SIZE + (tls ? 16 * 1024 : 0);
        assertTrue(echo.transport.getWriteBufferSize() <= most, echo.transport::toString);
        assertTrue(client.transport.getWriteBufferSize() <= most, client.transport::toString);
        client.transport.resumeReading();
        client.awaitBytes(sent);
        byte[] expected = new byte[sent];
        Arrays.fill(expected, (byte) 7);
        assertArrayEquals(expected, client.received.toByteArray());
        client.transport.close();
        client.lost.await();
        echo.lost.await();
      }
    });
  }
}
