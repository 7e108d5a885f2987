package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.Server;
import dev.weft.testkit.Order;
import dev.weft.transport.ServerOptions;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A server from its first connection to its last. */
class ServerTest extends TcpTest {

  private final List<Recorder> made = new ArrayList<>();
  private Runnable closeSoon;

  private Recorder newRecorder() {
    var recorder = new Recorder(loop);
    made.add(recorder);
    return recorder;
  }

  private Server serve() throws Exception {
    return serve(this::newRecorder);
  }

  /** The protocol of the next connection. */
  private Recorder next(int index) {
    while (made.size() <= index || made.get(index).transport == null) {
      turn();
    }
    return made.get(index);
  }

  private void endAll(Server server) {
    server.close();
    server.abortClients();
    server.waitClosed();
  }

  @Test
  @DisplayName("SRV-7: createServer serves when it returns, after one turn for other work")
  void startsServing() {
    run(() -> {
      var order = new Order();
      loop.callSoon(() -> order.expect(1));
      Server server = serve();
      order.finish(2);
      assertTrue(server.isServing());
      assertSame(loop, server.getLoop());
      connect(server).send("x");
      next(0).awaitBytes(1);
      endAll(server);
    });
  }

  @Test
  @DisplayName(
      "SRV-7, SRV-19: a server that is told not to start accepts no connection until startServing, which may be repeated")
  void startsLater() {
    run(() -> {
      Server server = loop.createServer(
          this::newRecorder, LOCAL, 0, ServerOptions.defaults().withStartServing(false));
      assertFalse(server.isServing());
      connect(server).send("x");
      turn();
      turn();
      assertEquals(0, made.size());
      server.startServing();
      server.startServing();
      assertTrue(server.isServing());
      next(0).awaitBytes(1);
      endAll(server);
    });
  }

  @Test
  @DisplayName("SRV-7: a creator that is cancelled in that turn leaves no listening socket")
  void cancelledCreator() {
    run(() -> {
      int port = Peer.refusingPort();
      var task = loop.createTask(() -> loop.createServer(this::newRecorder, LOCAL, port));
      turn();
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      assertThrows(
          ConnectException.class,
          () -> loop.runInExecutor(() -> new Socket(LOCAL, port)).await());
    });
  }

  @Test
  @DisplayName("SRV-8: connections that arrive together are accepted in one turn")
  void acceptsMany() {
    run(() -> {
      Server server = loop.createServer(
          this::newRecorder, LOCAL, 0, ServerOptions.defaults().withStartServing(false));
      for (int i = 0; i < 20; i++) {
        connect(server);
      }
      server.startServing(); // takes one turn, in which they are accepted
      turn();
      turn();
      assertEquals(20, made.size());
      endAll(server);
    });
  }

  @Test
  @DisplayName("SRV-8: a turn accepts no more than backlog + 1, so other work has its turn")
  void acceptsNotTooMany() {
    run(() -> {
      var listening = ServerSocketChannel.open();
      listening.bind(new InetSocketAddress(LOCAL, 0), 50);
      Server server = loop.createServer(
          this::newRecorder,
          listening,
          ServerOptions.defaults().withBacklog(4).withStartServing(false));
      for (int i = 0; i < 12; i++) {
        connect(server);
      }
      server.startServing();
      var counts = new ArrayList<Integer>();
      for (int i = 0; i < 5; i++) {
        turn();
        counts.add(made.size());
      }
      assertEquals(
          List.of(5, 10, 12), counts.stream().filter(n -> n > 0).distinct().toList());
      endAll(server);
    });
  }

  @Test
  @DisplayName("SRV-9: a connection reset before it is accepted does not harm the server")
  void resetBeforeAccept() {
    run(() -> {
      Server server = loop.createServer(
          this::newRecorder, LOCAL, 0, ServerOptions.defaults().withStartServing(false));
      connect(server).reset();
      connect(server).send("x");
      server.startServing();
      next(made.size() == 2 ? 1 : 0);
      while (made.stream().noneMatch(each -> each.received.size() == 1)) {
        turn();
      }
      assertTrue(server.isServing());
      endAll(server);
    });
  }

  @Test
  @DisplayName("SRV-12: the factory is called once per connection, after the accept")
  void factory() {
    run(() -> {
      Server server = serve();
      turn();
      assertEquals(0, made.size());
      connect(server);
      next(0);
      connect(server);
      next(1);
      turn();
      assertEquals(2, made.size());
      assertNotEquals(
          made.get(0).transport.getExtraInfo("peername", null),
          made.get(1).transport.getExtraInfo("peername", null));
      endAll(server);
    });
  }

  @Test
  @DisplayName(
      "SRV-13: close() stops listening at once and does not affect clients; it may be repeated")
  void close() {
    run(() -> {
      Server server = serve();
      int port = server.port();
      assertEquals(1, server.sockets().size());
      Peer peer = connect(server);
      next(0);
      server.close();
      server.close();
      assertFalse(server.isServing());
      assertEquals(List.of(), server.sockets());
      assertThrows(IllegalStateException.class, server::port);
      assertThrows(IllegalStateException.class, server::startServing);
      assertThrows(ConnectException.class, () -> new Socket(LOCAL, port).close());
      peer.send("x");
      made.get(0).awaitBytes(1);
      made.get(0).transport.write(bytes("y"));
      assertEquals("y", peer.receiveText(1));
      server.closeClients();
      server.waitClosed();
    });
  }

  @Test
  @DisplayName("SRV-13: the port of a closed server can be bound again at once, in the same turn")
  void portIsFree() {
    run(() -> {
      int port = Peer.refusingPort();
      for (int i = 0; i < 20; i++) {
        Server server = loop.createServer(this::newRecorder, LOCAL, port);
        assertEquals(port, server.port());
        server.close();
      }
    });
  }

  @Test
  @DisplayName(
      "SRV-13: a connection that is accepted in the turn in which the server closes is closed too")
  void acceptedTooLate() throws Exception {
    var listening = ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0));
    var server = new SelectorServer(
        (SelectorEventLoop) loop,
        this::newRecorder,
        List.of((ServerSocketChannel) listening.configureBlocking(false)),
        ServerOptions.defaults(),
        channel -> {
          SocketChannel accepted = channel.accept();
          if (accepted != null) {
            closeSoon.run(); // runs before the protocol is made
          }
          return accepted;
        });
    closeSoon = () -> loop.callSoon(server::close);
    run(() -> {
      server.register();
      server.startServing();
      Peer peer = connect(server);
      server.waitClosed();
      assertEquals(-1, peer.receiveByte());
      assertEquals(List.of(), made);
    });
  }

  @Test
  @DisplayName("SRV-14: close() ends serveForever, which returns normally")
  void closeEndsServeForever() {
    run(() -> {
      Server server = serve();
      var forever = loop.createTask(server::serveForever);
      turn();
      server.close();
      forever.await();
      assertFalse(forever.cancelled());
    });
  }

  @Test
  @DisplayName(
      "SRV-15: serveForever starts a server that was not started; a second concurrent call is an error")
  void serveForever() {
    run(() -> {
      Server server = loop.createServer(
          this::newRecorder, LOCAL, 0, ServerOptions.defaults().withStartServing(false));
      var forever = loop.createTask(server::serveForever);
      turn();
      assertTrue(server.isServing());
      assertThrows(IllegalStateException.class, server::serveForever);
      connect(server);
      next(0);
      endAll(server);
      forever.await();
      assertThrows(IllegalStateException.class, server::serveForever);
    });
  }

  @Test
  @DisplayName(
      "SRV-15: cancelling serveForever closes the server and its clients, waits, and is thrown")
  void cancelServeForever() {
    run(() -> {
      Server server = serve();
      var forever = loop.createTask(server::serveForever);
      Peer peer = connect(server);
      Recorder client = next(0);
      int unsent = fill(client, 50_000);
      forever.cancel();
      turn();
      turn();
      assertFalse(server.isServing());
      assertFalse(forever.done()); // it waits for the flush
      assertEquals(unsent, peer.receiveAll().length);
      assertThrows(CancelledError.class, forever::await);
      assertTrue(client.lost.done());
    });
  }

  @Test
  @DisplayName("SRV-16: waitClosed waits for the close and for the last client, whichever is later")
  void waitClosed() {
    run(() -> {
      Server server = serve();
      var open = loop.createTask(server::waitClosed);
      turn();
      turn();
      assertFalse(open.done()); // no client any more, but open
      connect(server);
      next(0);
      server.close();
      var closed = loop.createTask(server::waitClosed);
      turn();
      turn();
      assertFalse(open.done()); // closed, but with a client
      assertFalse(closed.done());
      made.get(0).transport.close();
      open.await();
      closed.await();
      server.waitClosed();
    });
  }

  @Test
  @DisplayName("SRV-16: the client may end first and the server be closed afterwards")
  void waitClosedOtherOrder() {
    run(() -> {
      Server server = serve();
      var waiting = loop.createTask(server::waitClosed);
      connect(server).close();
      next(0).lost.await();
      turn();
      turn();
      assertFalse(waiting.done());
      server.close();
      waiting.await();
    });
  }

  @Test
  @DisplayName("SRV-16: cancelling one waiter does not affect the others")
  void waiterCancelled() {
    run(() -> {
      Server server = serve();
      var impatient = loop.createTask(server::waitClosed);
      var patient = loop.createTask(server::waitClosed);
      turn();
      impatient.cancel();
      assertThrows(CancelledError.class, impatient::await);
      server.close();
      patient.await();
    });
  }

  @Test
  @DisplayName(
      "SRV-18, SRV-19: closeClients flushes, abortClients does not; both may be called at any time")
  void closeAndAbortClients() {
    run(() -> {
      Server server = serve();
      server.closeClients();
      server.abortClients();
      Peer first = connect(server);
      Peer second = connect(server);
      next(0);
      next(1);
      int unsent = fill(made.get(0), 50_000);
      server.closeClients();
      server.closeClients();
      assertTrue(made.stream().allMatch(each -> each.transport.isClosing()));
      assertTrue(server.isServing());
      Peer flushed = unsentTo(made.get(0), first, second);
      assertEquals(unsent, flushed.receiveAll().length);
      made.get(0).lost.await();
      made.get(1).lost.await();

      Peer third = connect(server);
      Recorder aborted = next(2);
      int dropped = fill(aborted, 50_000);
      server.abortClients();
      assertEquals(0, aborted.transport.getWriteBufferSize());
      assertTrue(third.receiveAll().length < dropped);
      endAll(server);
    });
  }

  private static Peer unsentTo(Recorder recorder, Peer... peers) {
    Object address = recorder.transport.getExtraInfo("peername", null);
    for (Peer peer : peers) {
      if (peer.socket.getLocalSocketAddress().equals(address)) {
        return peer;
      }
    }
    throw new AssertionError("no peer at " + address);
  }

  @Test
  @DisplayName(
      "SRV-17: a server in a try block is closed at its end, without waiting for idle clients")
  void tryWithResources() {
    run(() -> {
      Server escaped;
      try (Server server = serve()) {
        escaped = server;
        connect(server);
        next(0);
      }
      assertFalse(escaped.isServing());
      assertFalse(made.get(0).transport.isClosing());
      endAll(escaped);
    });
  }
}
