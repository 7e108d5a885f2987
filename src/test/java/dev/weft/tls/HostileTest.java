package dev.weft.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Task;
import dev.weft.testkit.Fuzzing;
import dev.weft.testkit.Loops;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.SslOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that send anything, or stop at any point: every connection ends, once, and keeps no buffer. */
@Tag("slow")
class HostileTest extends TlsTest {

  private static final int TURNS = 12;

  private final Random random = new Random(20240229);
  private final Set<ByteBuffer> pooled = Collections.newSetFromMap(new IdentityHashMap<>());

  @BeforeEach
  void fillPool() {
    for (int i = 0; i < TlsBuffers.KEPT; i++) {
      pooled.add(buffers.take());
    }
    pooled.forEach(buffers::give);
  }

  @AfterEach
  void poolIsFull() {
    for (int i = 0; i < TlsBuffers.KEPT; i++) {
      assertTrue(pooled.remove(buffers.take()), "a connection that has ended has kept a buffer");
    }
  }

  private byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Records with plausible headers and any content. */
  private byte[] randomRecord() {
    byte[] record = randomBytes(5 + random.nextInt(300));
    if (random.nextInt(4) > 0) {
      record[0] = (byte) (20 + random.nextInt(5));
      record[1] = 3;
      record[2] = (byte) random.nextInt(5);
      int length = record.length - 5 + (random.nextBoolean() ? 0 : random.nextInt(20) - 10);
      record[3] = (byte) (length >> 8);
      record[4] = (byte) length;
    }
    return record;
  }

  /** The original bytes, cut off, or with some bytes changed. */
  private byte[] spoilt(byte[] original) {
    byte[] spoilt = original.clone();
    if (random.nextBoolean()) {
      return Arrays.copyOf(spoilt, random.nextInt(spoilt.length));
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      spoilt[random.nextInt(spoilt.length)] ^= (byte) (1 + random.nextInt(255));
    }
    return spoilt;
  }

  private byte[] clientHello() {
    MemoryTransport[] ends = MemoryTransport.pair(loop);
    Side client = side(TlsSettings.forClient(loop, CLIENT, "", -1), new App(), false);
    ends[0].begin(client.layer);
    Loops.turns(TURNS);
    client.layer.transport().abort();
    Loops.turns(TURNS);
    client.made.exception();
    return ends[0].written.toByteArray();
  }

  static void assertEnded(Side side, String what) {
    assertTrue(side.made.done(), what);
    assertTrue(side.layer.toString().contains("UNWRAPPED"), () -> what + ": " + side.layer);
    List<String> events = side.app.events;
    int made = Collections.frequency(events, "made");
    assertEquals(side.made.exception().isEmpty() ? 1 : 0, made, () -> what + ": " + events);
    long lost = events.stream().filter(event -> event.startsWith("lost")).count();
    assertEquals(made, lost, () -> what + ": " + events);
    if (made > 0) {
      assertEquals("made", events.get(0), what);
      assertTrue(events.get(events.size() - 1).startsWith("lost"), () -> what + ": " + events);
    }
  }

  @Test
  @Timeout(60)
  @DisplayName(
      "TLS-5: 9,950 openings of random, changed and truncated records: each fails, and no application gets a call")
  void randomOpenings() {
    run(() -> {
      byte[] hello = clientHello();
      for (int i = 0; i < 9_950; i++) {
        MemoryTransport[] ends = MemoryTransport.pair(loop);
        Side server = side(TlsSettings.forServer(SERVER), new App(), false);
        ends[1].begin(server.layer);
        ends[0].begin(new App());
        Loops.turns(1);
        ends[0].chunk = random.nextInt(3) == 0 ? 1 + random.nextInt(100) : Integer.MAX_VALUE;
        byte[] opening = i % 100 == 0 ? spoilt(hello) : randomRecord();
        ends[0].write(ByteBuffer.wrap(opening));
        ends[0].sendEnd();
        do {
          Loops.turns(TURNS);
        } while (ends[0].getWriteBufferSize() > 0 && !server.made.done());
        Loops.turns(TURNS);
        assertEnded(server, "opening " + i);
        assertEquals(List.of(), server.app.events, "opening " + i);
      }
    });
  }

  @Test
  @Timeout(60)
  @DisplayName(
      "TLS-5, TLS-13: 60 connections over a wire that changes, drops and invents bytes, as a fuzzer chooses")
  void fuzzed() {
    Fuzzing.random(TlsFuzz::fuzzerTestOneInput, 1, 60);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @Timeout(60)
  @DisplayName(
      "TLS-13: 25 connections each receive random, changed and truncated records after the handshake")
  void randomRecords(String version) {
    run(() -> {
      for (int i = 0; i < 25; i++) {
        MemoryTransport[] ends = MemoryTransport.pair(loop);
        var peer = new EnginePeer(TlsSettings.forServer(
                SERVER.withParameters(p -> p.setProtocols(new String[] {version})))
            .newEngine());
        Side client = side(TlsSettings.forClient(loop, CLIENT, "", -1), new App(), false);
        ends[1].begin(peer);
        ends[0].begin(client.layer);
        client.made.await();
        Loops.turns(TURNS);
        byte[] message = randomBytes(1 + random.nextInt(3000));
        ByteBuffer records = peer.records(message);
        byte[] good = new byte[records.remaining()];
        records.get(good);
        byte[] sent = random.nextBoolean() ? spoilt(good) : randomRecord();
        ends[1].write(ByteBuffer.wrap(sent));
        ends[1].sendEnd();
        Loops.turns(2 * TURNS);
        assertEnded(client, "connection " + i);
        // changed data is never delivered
        assertEquals(0, client.app.received.size(), "connection " + i);
      }
    });
  }

  /** Passes bytes on, up to a number of bytes in both directions; then the connection ends, or breaks. */
  private static final class Wire implements Protocol {
    private final int[] budget;
    private final MemoryTransport own;
    private final boolean reset;
    private Wire other;

    Wire(int[] budget, MemoryTransport own, boolean reset) {
      this.budget = budget;
      this.own = own;
      this.reset = reset;
    }

    @Override
    public void connectionMade(BaseTransport transport) {}

    @Override
    public void dataReceived(ByteBuffer data) {
      int count = Math.min(data.remaining(), budget[0]);
      budget[0] -= count;
      other.own.write(data.slice(data.position(), count));
      if (budget[0] == 0) {
        own.cut(reset);
        other.own.cut(reset);
      }
    }

    @Override
    public boolean eofReceived() {
      other.own.sendEnd();
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(60)
  @DisplayName(
      "TLS-5, TLS-6, TLS-14: a connection that ends or breaks after any number of bytes is lost once on both sides")
  void cutAnywhere(boolean reset) {
    run(() -> {
      int cut = 1;
      while (exchange(cut, reset)) {
        cut += 41;
      }
      assertTrue(cut > 1500, "a whole exchange has " + cut + " bytes");
    });
  }

  /** Returns whether the wire was cut. */
  private boolean exchange(int bytes, boolean reset) {
    MemoryTransport[] left = MemoryTransport.pair(loop);
    MemoryTransport[] right = MemoryTransport.pair(loop);
    int[] budget = {bytes};
    var one = new Wire(budget, left[1], reset);
    var two = new Wire(budget, right[0], reset);
    one.other = two;
    two.other = one;
    left[1].begin(one);
    right[0].begin(two);
    App asking = new App();
    App answering = new App();
    Side server = side(TlsSettings.forServer(SERVER), answering, false);
    Side client = side(TlsSettings.forClient(loop, CLIENT, "", -1), asking, false);
    asking.onMade = () -> client.write("question");
    answering.onData = () -> server.write("answer");
    asking.onData = client::close;
    right[1].begin(server.layer);
    left[0].begin(client.layer);
    Loops.turns(8 * TURNS);
    String what = "after " + bytes + " bytes";
    assertEnded(client, what);
    assertEnded(server, what);
    return budget[0] == 0;
  }

  @Test
  @DisplayName("TLS-18: while part of the handshake runs elsewhere, a bounded amount is read")
  void floodDuringDelegatedTask() {
    run(() -> {
      byte[] hello = clientHello();
      Queue<Runnable> tasks = new ArrayDeque<>();
      SslOptions slow = SERVER.withExecutor(tasks::add);
      Side server = side(TlsSettings.forServer(slow), new App(), false);
      serverEnd.begin(server.layer);
      clientEnd.begin(new App());
      settle();
      clientEnd.write(ByteBuffer.wrap(hello));
      settle();
      assertFalse(tasks.isEmpty(), "nothing is delegated");
      clientEnd.write(ByteBuffer.wrap(randomBytes(3 << 20)));
      settle();
      assertFalse(serverEnd.isReading());
      assertTrue(clientEnd.getWriteBufferSize() > 2 << 20);
      tasks.remove().run();
      settle();
      assertEnded(server, "garbage behind a hello");
    });
  }

  @Test
  @DisplayName(
      "a peer that requests new keys without end, and never reads, does not get answers without end")
  void keyUpdates() {
    run(() -> {
      EnginePeer peer = serverPeer("TLSv1.3");
      Side client = client(CLIENT, new App());
      client.made.await();
      settle();
      clientEnd.stalled = true;
      for (int i = 0; i < 2_000; i++) {
        peer.begin();
        Loops.turns(2);
      }
      assertEquals(List.of("made", "lost SSLException"), client.app.events);
      assertTrue(
          client.app.error.getMessage().contains("key updates"), client.app.error::getMessage);
      assertEnded(client, "key updates");
    });
  }

  @Test
  @DisplayName(
      "the peer's window is full: nothing is lost while it does not read, and a close times out")
  void neverReads() {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = client(CLIENT, new App());
      client.made.await();
      settle();
      serverEnd.stalled = true;
      server.layer.transport().write(ByteBuffer.allocate(1 << 20));
      assertEquals("pause", server.app.events.get(server.app.events.size() - 1));
      server.close();
      long begin = loop.time();
      while (!server.app.events.toString().contains("lost")) {
        Task.sleep(Duration.ofSeconds(1));
      }
      assertEquals(30, Duration.ofNanos(loop.time() - begin).toSeconds(), 1);
      assertEnded(server, "never reads");
      assertEquals(0, server.layer.getWriteBufferSize());
      client.layer.transport().abort();
      settle();
      assertEnded(client, "never reads");
    });
  }
}
