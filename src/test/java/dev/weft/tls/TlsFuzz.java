package dev.weft.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.FedRandom;
import dev.weft.testkit.Loops;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.SslOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A fuzz target for the TLS layer: two ends talk over a wire that cuts, changes, drops, repeats and invents bytes in
 * both directions, from the first of the handshake on, while the ends write, pause and close, as the input determines.
 */
public final class TlsFuzz extends TlsTest {

  private static final int TURNS = 12;
  private static final int STEPS = 8;

  private final FedRandom random;
  private boolean spoilt;

  private TlsFuzz(FedRandom random) {
    this.random = random;
  }

  /** Fails unless both ends end, once, and get nothing but a beginning of the other's data. */
  public static void fuzzerTestOneInput(byte[] input) {
    var fuzz = new TlsFuzz(new FedRandom(input));
    fuzz.loop.setExceptionHandler((source, report) -> {
      if (!(report.exception().orElse(null) instanceof IOException)) {
        throw new AssertionError("reported: " + report, report.exception().orElse(null));
      }
    });
    try {
      fuzz.run(fuzz::exchange);
    } finally {
      fuzz.loop.close();
    }
  }

  /** The wire that passes the bytes on, or others. */
  private final class Wire implements Protocol {

    private final MemoryTransport own;
    private Wire other;
    private int harm; // how many bytes pass before the next

    Wire(MemoryTransport own) {
      this.own = own;
      harm = 1 + random.nextInt(4_000);
    }

    @Override
    public void connectionMade(BaseTransport transport) {}

    @Override
    public void dataReceived(ByteBuffer data) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      harm -= bytes.length;
      if (harm > 0) {
        pass(bytes);
        return;
      }
      harm = 1 + random.nextInt(4_000);
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(8)) {
        case 0, 1 -> { // in two pieces
          pass(Arrays.copyOf(bytes, at));
          loop.callSoon(() -> pass(Arrays.copyOfRange(bytes, at, bytes.length)));
          return; // the order stays: later bytes come a turn later
        }
        case 2 -> bytes[at] ^= (byte) (1 + random.nextInt(255));
        case 3 -> {
          pass(Arrays.copyOf(bytes, at));
          spoilt = true;
          return;
        }
        case 4 -> {
          byte[] invented = new byte[1 + random.nextInt(200)];
          random.nextBytes(invented);
          pass(invented);
        }
        case 5 -> pass(bytes);
        case 6 -> {
          own.cut(false);
          other.own.cut(false);
        }
        default -> {
          own.cut(true);
          other.own.cut(true);
        }
      }
      spoilt = true;
      pass(bytes);
    }

    private void pass(byte[] bytes) {
      other.own.write(bytes);
    }

    @Override
    public boolean eofReceived() {
      other.own.sendEnd();
      return true;
    }
  }

  /** One end, and what it has sent. */
  private final class End {

    final App app = new App();
    final Side side;
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private boolean paused;

    End(TlsSettings settings) {
      side = side(settings, app, false);
    }

    void act() {
      if (app.transport == null || app.transport.isClosing()) {
        return;
      }
      switch (random.nextInt(6)) {
        case 0 -> pause();
        case 1 -> app.transport.close();
        default -> {
          byte[] data = new byte[random.nextInt(4) == 0 ? 20_000 : random.nextInt(300)];
          random.nextBytes(data);
          app.transport.write(data);
          sent.writeBytes(data);
        }
      }
    }

    private void pause() {
      paused = !paused;
      if (paused) {
        app.transport.pauseReading();
      } else {
        app.transport.resumeReading();
      }
    }

    void assertHeard(End other) {
      byte[] heard = app.received.toByteArray();
      byte[] said = other.sent.toByteArray();
      assertTrue(heard.length <= said.length, "more than was sent");
      assertArrayEquals(Arrays.copyOf(said, heard.length), heard);
    }
  }

  private void exchange() {
    MemoryTransport[] left = MemoryTransport.pair(loop);
    MemoryTransport[] right = MemoryTransport.pair(loop);
    var one = new Wire(left[1]);
    var two = new Wire(right[0]);
    one.other = two;
    two.other = one;
    left[1].begin(one);
    right[0].begin(two);
    String version = random.nextBoolean() ? "TLSv1.3" : "TLSv1.2";
    SslOptions options = SERVER.withParameters(p -> p.setProtocols(new String[] {version}));
    var server = new End(TlsSettings.forServer(options));
    var client = new End(TlsSettings.forClient(loop, CLIENT, "", -1));
    right[1].begin(server.side.layer);
    left[0].begin(client.side.layer);
    for (int step = 0; step < STEPS; step++) {
      Loops.turns(TURNS);
      client.act();
      server.act();
    }
    for (End each : new End[] {client, server}) {
      if (each.paused) {
        each.pause();
      }
    }
    Loops.turns(4 * TURNS);
    client.assertHeard(server);
    server.assertHeard(client);
    if (!spoilt && !client.app.transport.isClosing() && !server.app.transport.isClosing()) {
      assertArrayEquals(server.sent.toByteArray(), client.app.received.toByteArray());
      assertArrayEquals(client.sent.toByteArray(), server.app.received.toByteArray());
    }
    left[1].cut(true);
    right[0].cut(true);
    Loops.turns(2 * TURNS);
    HostileTest.assertEnded(client.side, version + " client");
    HostileTest.assertEnded(server.side, version + " server");
  }
}
