package dev.weft.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.io.Layer;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.Loops;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.SslOptions;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataTest extends TlsTest {

  private static byte[] random(int size) {
    byte[] data = new byte[size];
    new Random(1).nextBytes(data);
    return data;
  }

  @Test
  @DisplayName("TLS-24: all records of one read come in one dataReceived")
  void oneCall() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      peer.transport.write(peer.records(bytes("a"), bytes("bc"), bytes("def")));
      settle();
      assertEquals(List.of("made", "data 6"), client.app.events);
      assertEquals("abcdef", client.app.text());
    });
  }

  @Test
  @DisplayName("TLS-24: many records go out in one write below")
  void oneWrite() {
    run(() -> {
      serverPeer();
      Side client = connected(CLIENT);
      clientEnd.writes.clear();
      client.layer.transport().write(new byte[200_000]);
      assertEquals(1, clientEnd.writes.size());
      clientEnd.writes.clear();
      client
          .layer
          .transport()
          .writelines(List.of(ByteBuffer.wrap(bytes("one")), ByteBuffer.wrap(bytes("two"))));
      assertEquals(1, clientEnd.writes.size());
      assertTrue(clientEnd.writes.get(0) < 6 + 2 * 22, "one record");
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, 16_384, 100_000})
  @DisplayName("TLS-24: ciphertext may arrive in any pieces")
  void pieces(int chunk) {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = client(CLIENT, new App());
      client.made.await();
      settle();
      byte[] data = random(chunk == 1 ? 3_000 : 300_000);
      clientEnd.chunk = chunk;
      client.layer.transport().write(data);
      while (server.app.received.size() < data.length) {
        Task.sleep(Duration.ZERO);
      }
      assertArrayEquals(data, server.app.received.toByteArray());
    });
  }

  // ---- flow control

  @Test
  @DisplayName("TLS-18: writing is paused at 512 KiB, not above it, and resumed at a quarter")
  void writeMarks() {
    run(() -> {
      serverPeer();
      Side client = connected(CLIENT);
      Transport transport = client.layer.transport();
      assertEquals(new WriteBufferLimits(128 * 1024, 512 * 1024), transport.getWriteBufferLimits());
      clientEnd.stalled = true;
      int before = clientEnd.written.size();
      transport.write(new byte[100]);
      int size = transport.getWriteBufferSize();
      assertEquals(clientEnd.written.size() - before, size);
      assertTrue(size > 100, "ciphertext counts");
      transport.setWriteBufferLimits(new WriteBufferLimits(10, size + 1));
      assertEquals(List.of("made"), client.app.events);
      transport.setWriteBufferLimits(new WriteBufferLimits(10, size));
      assertEquals(List.of("made", "pause"), client.app.events);
      clientEnd.flow();
      settle();
      assertEquals(List.of("made", "pause", "resume"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-18: pauseWriting is called after the data was queued, so it may write")
  void writeInPause() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      clientEnd.stalled = true;
      client.app.onPause = () -> client.write("last");
      client.layer.transport().write(new byte[600_000]);
      assertEquals(List.of("made", "pause"), client.app.events);
      clientEnd.flow();
      settle();
      assertEquals(600_004, peer.received.size());
      assertTrue(peer.received.toString().endsWith("last"));
    });
  }

  @Test
  @DisplayName(
      "TLS-18, TLS-19: while the application is paused, the transport below reads on up to 256 KiB")
  void readMarks() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      Transport transport = client.layer.transport();
      transport.pauseReading();
      assertFalse(transport.isReading());
      peer.send(new byte[100_000]);
      settle();
      assertTrue(clientEnd.isReading());
      serverEnd.chunk = 50_000;
      for (int i = 0; i < 10; i++) {
        peer.send(new byte[100_000]);
      }
      settle();
      assertFalse(clientEnd.isReading());
      assertTrue(serverEnd.getWriteBufferSize() > 500_000);
      assertEquals(List.of("made"), client.app.events);
      transport.resumeReading();
      assertEquals(List.of("made"), client.app.events, "not at once");
      settle();
      assertEquals(1_100_000, client.app.received.size());
      assertTrue(clientEnd.isReading());
    });
  }

  @Test
  @DisplayName("TLS-19: the end of TCP while the application is paused is deferred")
  void endWhilePaused() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      client.layer.transport().pauseReading();
      peer.send(bytes("last words"));
      serverEnd.sendEnd();
      settle();
      assertEquals(List.of("made"), client.app.events);
      assertFalse(clientEnd.isClosing());
      client.layer.transport().resumeReading();
      settle();
      assertEquals(List.of("made", "data 10", "eof", "lost"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-19: a close while paused at the end of TCP does not wait")
  void closeWhilePausedAtTheEnd() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      client.layer.transport().pauseReading();
      peer.send(bytes("dropped"));
      serverEnd.sendEnd();
      settle();
      client.close();
      settle();
      assertEquals(List.of("made", "lost"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-19: pausing inside dataReceived holds back later data")
  void pauseInside() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      client.app.onData = client.layer.transport()::pauseReading;
      peer.send(bytes("one"));
      settle();
      peer.send(bytes("two"));
      settle();
      assertEquals("one", client.app.text());
      client.layer.transport().resumeReading();
      settle();
      assertEquals("onetwo", client.app.text());
    });
  }

  // ---- protocols with buffers of their own

  private static class BufferedApp implements BufferedProtocol {
    final ByteBuffer buffer;
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    final List<Integer> counts = new ArrayList<>();
    int ends;
    Throwable error;
    RuntimeException failure;

    BufferedApp(int size) {
      buffer = ByteBuffer.allocate(size);
    }

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
      if (failure != null) {
        throw failure;
      }
      return buffer.clear();
    }

    @Override
    public void bufferUpdated(int nbytes) {
      received.write(buffer.array(), 0, nbytes);
      counts.add(nbytes);
    }

    @Override
    public boolean eofReceived() {
      ends++;
      return false;
    }

    @Override
    public void connectionLost(Throwable error) {
      this.error = error;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 16_384, 20_000, 1_000_000})
  @DisplayName("TLS-24: a BufferedProtocol's buffer is filled to its end, and the rest follows")
  void bufferedApplication(int size) {
    run(() -> {
      EnginePeer peer = serverPeer();
      var app = new BufferedApp(size);
      Side client = side(TlsSettings.forClient(loop, CLIENT, "", -1), app, false);
      clientEnd.begin(client.layer);
      client.made.await();
      settle();
      byte[] data = random(size == 1 ? 500 : 100_000);
      peer.send(data);
      peer.transport.write(peer.closeNotify());
      while (app.ends == 0) {
        Task.sleep(Duration.ZERO);
      }
      assertArrayEquals(data, app.received.toByteArray());
      assertTrue(app.counts.get(0) == Math.min(size, data.length), app.counts::toString);
    });
  }

  @Test
  @DisplayName("TLS-24: a getBuffer that throws ends the connection")
  void getBufferFails() {
    run(() -> {
      EnginePeer peer = serverPeer();
      var app = new BufferedApp(10);
      Side client = side(TlsSettings.forClient(loop, CLIENT, "", -1), app, false);
      clientEnd.begin(client.layer);
      client.made.await();
      app.failure = new IllegalStateException("none");
      peer.send(bytes("x"));
      settle();
      assertEquals(app.failure, takeReport().exception().get());
      assertEquals(app.failure, app.error);
    });
  }

  @Test
  @DisplayName("TLS-22: a new protocol gets the following data")
  void changeProtocol() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      peer.send(bytes("one"));
      settle();
      App second = new App();
      client.layer.transport().setProtocol(second);
      assertEquals(second, client.layer.transport().getProtocol());
      peer.send(bytes("two"));
      settle();
      assertEquals("one", client.app.text());
      assertEquals(List.of("data 3"), second.events);
    });
  }

  @Test
  @DisplayName(
      "TLS-22, TLS-24: a plain protocol that follows one with a small buffer gets all data that has arrived")
  void changeToStreamed() {
    run(() -> {
      EnginePeer peer = serverPeer();
      var second = new App();
      var sides = new Side[1];
      var first = new BufferedApp(2) {
        @Override
        public void bufferUpdated(int nbytes) {
          super.bufferUpdated(nbytes);
          sides[0].layer.transport().setProtocol(second);
        }
      };
      sides[0] = side(TlsSettings.forClient(loop, CLIENT, "", -1), first, false);
      clientEnd.begin(sides[0].layer);
      sides[0].made.await();
      settle();
      byte[] data = random(40_000); // several records
      peer.send(data);
      settle();
      assertEquals(2, first.received.size());
      assertEquals(data.length - 2, second.received.size());
      peer.transport.write(peer.closeNotify());
      settle();
      assertTrue(second.events.contains("eof"), second.events::toString);
    });
  }

  // ---- after the handshake

  @Test
  @DisplayName("TLS-1: a key update of TLS 1.3 is answered, and data continues in both directions")
  void keyUpdate() {
    run(() -> {
      EnginePeer peer = serverPeer("TLSv1.3");
      Side client = connected(CLIENT);
      int before = clientEnd.written.size();
      peer.begin();
      settle();
      assertTrue(clientEnd.written.size() > before, "answered");
      peer.send(bytes("to the client"));
      client.write("to the server");
      settle();
      assertEquals("to the client", client.app.text());
      assertEquals("to the server", peer.received.toString());
    });
  }

  @Test
  @DisplayName("TLS-1: a renegotiation of TLS 1.2 is refused, and ends the connection")
  void renegotiation() {
    run(() -> {
      EnginePeer peer = serverPeer("TLSv1.2");
      Side client = connected(CLIENT);
      peer.send(bytes("before"));
      peer.begin();
      settle();
      assertEquals("before", client.app.text());
      assertInstanceOf(SSLException.class, client.app.error);
      assertTrue(client.app.error.getMessage().contains("renegotiate"));
    });
  }

  @Test
  @DisplayName("TLS-1: a client's renegotiation is refused too")
  void renegotiationOfAClient() {
    run(() -> {
      var engine = TlsSettings.forClient(
              loop, CLIENT.withParameters(p -> p.setProtocols(new String[] {"TLSv1.2"})), "", -1)
          .newEngine();
      var peer = new EnginePeer(engine);
      Side server = server(SERVER, new App());
      clientEnd.begin(peer);
      settle();
      assertTrue(server.made.done());
      peer.begin();
      settle();
      assertInstanceOf(SSLException.class, server.app.error);
    });
  }

  @Test
  @DisplayName("TLS-24: an idle connection holds no buffer")
  void idle() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      peer.send(new byte[100_000]);
      client.write("x");
      settle();
      var all = Collections.newSetFromMap(new IdentityHashMap<ByteBuffer, Boolean>());
      for (int i = 0; i < TlsBuffers.KEPT; i++) {
        all.add(buffers.take());
      }
      assertEquals(TlsBuffers.KEPT, all.size(), "none was given back twice");
      all.forEach(buffers::give);
      for (int round = 0; round < 3; round++) {
        peer.send(new byte[1000]);
        client.write("x");
        settle();
        for (int i = 0; i < TlsBuffers.KEPT; i++) {
          assertTrue(all.remove(buffers.take()), "given back by all");
        }
        assertTrue(all.isEmpty());
        for (int i = 0; i < TlsBuffers.KEPT; i++) {
          ByteBuffer buffer = ByteBuffer.allocate(TlsBuffers.BATCH + TlsBuffers.RECORD);
          all.add(buffer);
          buffers.give(buffer);
        }
      }
    });
  }

  // ---- layers

  @Test
  @DisplayName(
      "TLS-24, TLS-22: a record without data leaves the buffer of the layer above to others")
  void nothingForTheLayerAbove() {
    run(() -> {
      EnginePeer peer = serverPeer("TLSv1.3");
      Future<Void> made = loop.createFuture();
      var above =
          new TlsProtocol(loop, buffers, TlsSettings.forServer(SERVER), new App(), made, false);
      Side client = side(TlsSettings.forClient(loop, CLIENT, "", -1), above, false);
      clientEnd.begin(client.layer);
      client.made.await();
      settle();
      var all = Collections.newSetFromMap(new IdentityHashMap<ByteBuffer, Boolean>());
      for (int i = 0; i < TlsBuffers.KEPT; i++) {
        all.add(buffers.take());
      }
      all.forEach(buffers::give);
      peer.begin(); // asks for new keys; the tickets before it have no data either
      settle();
      assertTrue(all.contains(above.getBuffer(-1)), "one that all share");
      above.transport().abort();
      assertThrows(IOException.class, made::await);
    });
  }

  @Test
  @DisplayName(
      "TLS-22: startTls: reading is paused until the layer is there; connectionMade is not repeated")
  void startTls() {
    run(() -> {
      App clientApp = new App();
      App serverApp = new App();
      clientEnd.begin(clientApp);
      serverEnd.begin(serverApp);
      settle();
      clientApp.transport.write(bytes("plain"));
      settle();
      Task<Transport> server =
          loop.createTask(() -> loop.startTls(serverEnd, serverApp, SERVER, true));
      Transport client = loop.startTls(clientEnd, clientApp, CLIENT, false);
      client.write(bytes(" and not"));
      server.await().write(bytes("hello"));
      settle();
      assertEquals("plain and not", serverApp.text());
      assertEquals("hello", clientApp.text());
      assertEquals(List.of("made", "data 5"), clientApp.events);
    });
  }

  @Test
  @DisplayName(
      "TLS-22, TLS-5: a failing startTls throws, and the application gets connectionLost once")
  void startTlsFails() {
    run(() -> {
      App clientApp = new App();
      App serverApp = new App();
      clientEnd.begin(clientApp);
      serverEnd.begin(serverApp);
      settle();
      var stranger = SslOptions.of(Certificates.server("stranger")).withExecutor(Runnable::run);
      Task<Transport> server =
          loop.createTask(() -> loop.startTls(serverEnd, serverApp, stranger, true));
      assertThrows(SSLException.class, () -> loop.startTls(clientEnd, clientApp, CLIENT, false));
      assertThrows(SSLException.class, server::await);
      settle();
      assertEquals(List.of("made", "lost SSLHandshakeException"), clientApp.events);
      assertEquals(2, serverApp.events.size());
      assertTrue(clientEnd.isClosing());
    });
  }

  @Test
  @DisplayName("TLS-22, TLS-5: a connection that breaks during startTls")
  void startTlsReset() {
    run(() -> {
      App app = new App();
      clientEnd.begin(app);
      serverEnd.begin(new App());
      settle();
      Task<Transport> starting = Loops.started(() -> loop.startTls(clientEnd, app, CLIENT, false));
      var error = new IOException("reset");
      clientEnd.reset(error);
      assertEquals(error, assertThrows(IOException.class, starting::await));
      settle();
      assertEquals(List.of("made", "lost IOException"), app.events);
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5})
  @DisplayName("TLS-22: a cancelled startTls closes the connection")
  void startTlsCancelled(int turns) {
    run(() -> {
      App app = new App();
      clientEnd.begin(app);
      serverEnd.begin(new App());
      settle();
      Task<Transport> starting = Loops.started(() -> loop.startTls(clientEnd, app, CLIENT, false));
      Loops.turns(turns);
      starting.cancel();
      assertThrows(CancelledError.class, starting::await);
      settle();
      assertTrue(clientEnd.isClosing());
      assertEquals(
          List.of("made", "lost"),
          app.events.stream().filter(e -> !e.startsWith("data")).toList());
    });
  }

  @Test
  @DisplayName(
      "TLS-22: startTls on a closed transport, or with wrong options, fails before any effect")
  void startTlsChecks() {
    run(() -> {
      App app = new App();
      clientEnd.begin(app);
      settle();
      assertThrows(
          IllegalArgumentException.class,
          () -> loop.startTls(clientEnd, app, SslOptions.of(Certificates.client()), false));
      assertThrows(
          IllegalArgumentException.class,
          () -> loop.startTls(clientEnd, app, SslOptions.defaults(), true));
      assertEquals(app, clientEnd.getProtocol());
      clientEnd.close();
      assertThrows(IOException.class, () -> loop.startTls(clientEnd, app, CLIENT, false));
      assertEquals(app, clientEnd.getProtocol());
    });
  }

  @Test
  @DisplayName("TLS-22: TLS over TLS")
  void tlsOverTls() {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = client(CLIENT, new App());
      client.made.await();
      settle();
      Transport outerServer = server.layer.transport();
      Task<Transport> inner =
          loop.createTask(() -> loop.startTls(outerServer, server.app, SERVER, true));
      Transport transport = loop.startTls(client.layer.transport(), client.app, CLIENT, false);
      byte[] data = random(500_000);
      transport.write(data);
      Transport innerServer = inner.await();
      settle();
      assertArrayEquals(data, server.app.received.toByteArray());
      assertEquals(innerServer, Layer.outermost(serverEnd));
      transport.close();
      settle();
      assertEquals("lost", client.app.events.get(client.app.events.size() - 1));
      assertEquals("lost", server.app.events.get(server.app.events.size() - 1));
      assertEquals(1, server.app.events.stream().filter("eof"::equals).count());
      assertTrue(transport.getExtraInfo(ExtraInfo.PEERNAME) != null);
    });
  }

  @Test
  @DisplayName("TLS-22: data between startTls and the layer's connectionMade is not lost")
  void receivedInBetween() {
    run(() -> {
      App serverApp = new App();
      serverEnd.begin(serverApp);
      clientEnd.stalled = true;
      Side client = client(CLIENT, new App());
      settle();
      clientEnd.flow(); // the ClientHello comes in the next turn
      Transport transport = loop.startTls(serverEnd, serverApp, SERVER, true);
      client.made.await();
      transport.write(bytes("welcome"));
      settle();
      assertEquals("welcome", client.app.text());
    });
  }

  @Test
  @DisplayName("TLS-22: bytes that arrived before the layer belong to the handshake")
  void receivedBefore() {
    run(() -> {
      App serverApp = new App();
      serverEnd.begin(serverApp);
      Side client = client(CLIENT, new App());
      settle();
      assertTrue(serverApp.received.size() > 0, "the ClientHello");
      ByteBuffer hello = ByteBuffer.wrap(serverApp.received.toByteArray());
      serverApp.received.reset();
      Future<Void> made = client.made;
      Transport transport = loop.startTls(serverEnd, serverApp, SERVER, true, hello);
      made.await();
      transport.write(bytes("welcome"));
      settle();
      assertEquals("welcome", client.app.text());
      assertEquals(0, serverApp.received.size());
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName(
      "TLS-22: startTls fails after bytes in the clear, except for the first record on a server")
  void receivedInTheClear(boolean serverSide) {
    run(() -> {
      App app = new App();
      clientEnd.begin(app);
      serverEnd.begin(new App());
      Task.sleep(Duration.ZERO);
      ByteBuffer received = ByteBuffer.wrap(bytes("EHLO eve\r\n"));
      SslOptions ssl = serverSide ? SERVER : CLIENT;
      var error = assertThrows(
          SSLException.class, () -> loop.startTls(clientEnd, app, ssl, serverSide, received));
      assertTrue(error.getMessage().contains("10 bytes"), error.getMessage());
      assertEquals(0, received.position());
      settle();
      assertTrue(clientEnd.isClosing());
      assertEquals(List.of("made", "lost"), app.events);
    });
  }

  @Test
  @DisplayName(
      "TLS-22: no more data is received in the clear while startTls loads the JVM's trust store")
  void nothingInTheClearMeanwhile() throws Exception {
    try (var real = EventLoop.newEventLoop()) { // its clock does not jump
      MemoryTransport[] ends = MemoryTransport.pair(real);
      real.runUntilComplete(() -> {
        App app = new App();
        ends[0].begin(app);
        ends[1].begin(new App());
        Task.sleep(Duration.ZERO);
        var ssl = SslOptions.defaults().withServerHostname("localhost");
        Task<Transport> starting = Loops.started(() -> real.startTls(ends[0], app, ssl, false));
        ends[1].write(ByteBuffer.wrap(bytes("250 injected")));
        assertThrows(SSLException.class, starting::await);
        assertEquals("", app.text());
      });
    }
  }

  @Test
  @DisplayName("TLS-22: bad options leave the transport's reading unchanged")
  void readingAfterBadOptions() {
    run(() -> {
      App app = new App();
      clientEnd.begin(app);
      Task.sleep(Duration.ZERO);
      for (boolean reading : List.of(true, false)) {
        if (!reading) {
          clientEnd.pauseReading();
        }
        assertThrows(
            IllegalArgumentException.class,
            () -> loop.startTls(clientEnd, app, SslOptions.defaults(), false));
        assertEquals(reading, clientEnd.isReading());
      }
    });
  }

  @Test
  @DisplayName(
      "TLS-18: without memory for a write the connection fails, and the write does not throw")
  void noMemory() {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = connected(CLIENT);
      client.app.onLost = () -> client.write("too late");
      clientEnd.failure = new OutOfMemoryError("as if");
      client.write("data");
      client.write("more");
      settle();
      assertSame(clientEnd.failure, takeReport().exception().get());
      assertEquals(List.of("made", "lost OutOfMemoryError"), client.app.events);
      assertEquals(0, client.layer.transport().getWriteBufferSize());
      assertEquals("", server.app.text());
    });
  }

  @Test
  @DisplayName(
      "TLS-8: without memory for a write during the handshake it fails too; the flow control counts only queued bytes")
  void noMemoryInTheHandshake(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("sparse");
    try (var channel = FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // more than an array can hold, and no memory
      ByteBuffer data = channel.map(FileChannel.MapMode.READ_WRITE, 0, Integer.MAX_VALUE);
      run(() -> {
        server(SERVER, new App()).made.addDoneCallback(done -> done.exception());
        Side client = client(CLIENT, new App());
        Task.sleep(Duration.ZERO);
        var few = ByteBuffer.wrap(bytes("few"));
        client.layer.transport().writelines(List.of(few, data));
        assertFalse(data.hasRemaining());
        settle();
        assertInstanceOf(OutOfMemoryError.class, takeReport().exception().get());
        assertFails(OutOfMemoryError.class, client);
        assertEquals(0, client.layer.transport().getWriteBufferSize());
        assertTrue(clientEnd.isClosing());
      });
    }
  }

  @Test
  @DisplayName("TLS-18: a null among lines is an error before any line is sent")
  void nullAmongLines() {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = connected(CLIENT);
      List<ByteBuffer> lines = Arrays.asList(ByteBuffer.wrap(bytes("one")), null);
      assertThrows(NullPointerException.class, () -> client.layer.transport().writelines(lines));
      settle();
      assertEquals("", server.app.text());
      client.layer.transport().writelines(lines.subList(0, 1));
      settle();
      assertEquals("one", server.app.text());
    });
  }
}
