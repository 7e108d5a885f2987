package dev.weft.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.Loops;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.SslOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What tests of the layer share: a loop with a virtual clock, two ends in memory, and the reported errors, which a
 * test that expects some takes. Delegated tasks run on the loop, because time would jump otherwise.
 */
abstract class TlsTest {

  static final SslOptions CLIENT = SslOptions.of(Certificates.client())
      .withServerHostname("localhost")
      .withExecutor(Runnable::run);
  static final SslOptions SERVER =
      SslOptions.of(Certificates.server("server")).withExecutor(Runnable::run);

  final BaseEventLoop loop = (BaseEventLoop) Loops.newLoop();
  final TlsBuffers buffers = new TlsBuffers();
  final MemoryTransport clientEnd;
  final MemoryTransport serverEnd;
  private final List<ExceptionContext> reported = new ArrayList<>();

  TlsTest() {
    MemoryTransport[] ends = MemoryTransport.pair(loop);
    clientEnd = ends[0];
    serverEnd = ends[1];
  }

  @BeforeEach
  final void recordErrors() {
    loop.setExceptionHandler((source, record) -> reported.add(record));
  }

  @AfterEach
  final void nothingElseReported() {
    loop.close();
    assertEquals(List.of(), reported);
  }

  final ExceptionContext takeReport() {
    assertEquals(1, reported.size(), reported::toString);
    return reported.remove(0);
  }

  final void run(ThrowingRunnable<?> test) {
    loop.runUntilComplete(test);
  }

  /** Runs all that can happen without time passing. */
  static void settle() {
    Loops.turns(60);
  }

  /** One side of a connection. */
  static final class Side {
    final App app;
    final TlsProtocol layer;
    final Future<Void> made;

    Side(App app, TlsProtocol layer, Future<Void> made) {
      this.app = app;
      this.layer = layer;
      this.made = made;
    }

    void write(String text) {
      layer.transport().write(bytes(text));
    }

    void close() {
      layer.transport().close();
    }
  }

  final Side side(TlsSettings settings, BaseProtocol protocol, boolean upgraded) {
    Future<Void> made = loop.createFuture();
    var layer = new TlsProtocol(loop, buffers, settings, protocol, made, upgraded);
    return new Side(protocol instanceof App app ? app : null, layer, made);
  }

  final Side client(SslOptions options, App app) {
    Side side = side(TlsSettings.forClient(loop, options, "", -1), app, false);
    clientEnd.begin(side.layer);
    return side;
  }

  final Side server(SslOptions options, App app) {
    Side side = side(TlsSettings.forServer(options), app, false);
    serverEnd.begin(side.layer);
    return side;
  }

  /** A server that is an engine, driven by hand. */
  final EnginePeer serverPeer(String... protocols) {
    SSLEngine engine = TlsSettings.forServer(SERVER.withParameters(p -> {
          if (protocols.length > 0) {
            p.setProtocols(protocols);
          }
        }))
        .newEngine();
    var peer = new EnginePeer(engine);
    serverEnd.begin(peer);
    return peer;
  }

  /** A client that is an engine, driven by hand. */
  final EnginePeer clientPeer(SslOptions options) {
    var peer = new EnginePeer(TlsSettings.forClient(loop, options, "", -1).newEngine());
    clientEnd.begin(peer);
    return peer;
  }

  /** A client with the handshake done. */
  final Side connected(SslOptions options) {
    Side side = client(options, new App());
    side.made.await();
    settle();
    return side;
  }

  static void assertFails(Class<? extends Throwable> type, Side side) {
    assertTrue(side.made.done(), "still waiting");
    assertEquals(type, side.made.exception().map(Object::getClass).orElse(null));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
