package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.loop.ContextVar;
import dev.weft.loop.Server;
import dev.weft.transport.BaseTransport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In which context the methods of a protocol run. */
class ProtocolContextTest extends TcpTest {

  private final ContextVar<String> variable = new ContextVar<>("variable");

  /** Notes the variable's value with each event. */
  private class Observer extends Recorder {
    Observer() {
      super(ProtocolContextTest.this.loop);
    }

    @Override
    void note(String event) {
      super.note(event + " in " + variable.get("none"));
    }
  }

  @Test
  @DisplayName(
      "CTX-7: a client's protocol has a copy of its creator's context, whichever code resumes it")
  void client() {
    run(() -> {
      Pair pair = pair();
      var protocol = new Observer() {
        @Override
        public void connectionMade(BaseTransport base) {
          super.connectionMade(base);
          variable.set("made");
        }
      };
      variable.set("creator");
      loop.createConnection(() -> protocol, pair.channel());
      assertEquals("creator", variable.get("none"));
      variable.set("changed");
      loop.createTask(() -> {
            variable.set("stranger");
            protocol.transport.pauseReading();
            protocol.transport.resumeReading();
            fill(protocol, 0); // registers for writing
            pair.peer().send("x");
            pair.peer().socket.shutdownOutput();
          })
          .await();
      pair.peer().receiveAll();
      protocol.lost.await();
      assertEquals(
          List.of("made in creator", "data in made", "eof in made", "lost in made"),
          protocol.events.stream()
              .filter(e -> !e.startsWith("pause") && !e.startsWith("resume"))
              .toList());
    });
  }

  @Test
  @DisplayName("CTX-7: resumeWriting runs in the protocol's context, pauseWriting in the writer's")
  void flowControl() {
    run(() -> {
      variable.set("creator");
      var protocol = new Observer();
      Peer peer = connect(protocol);
      variable.set("writer");
      int written = fill(protocol, 100_000);
      peer.receive(written);
      protocol.awaitEvent("resume in creator");
      assertEquals(
          List.of("made in creator", "pause in writer", "resume in creator"), protocol.events);
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "CTX-7: each connection of a server has a copy of the context that created the server")
  void server() {
    run(() -> {
      var protocols = new ArrayList<Observer>();
      var seenByFactory = new ArrayList<String>();
      variable.set("creator");
      Server server = serve(() -> {
        int number = protocols.size() + 1;
        seenByFactory.add(variable.get("none"));
        variable.set("factory");
        var protocol = new Observer() {
          @Override
          public void connectionMade(BaseTransport base) {
            super.connectionMade(base);
            variable.set("connection " + number);
          }

          @Override
          public void dataReceived(ByteBuffer data) {
            super.dataReceived(data);
          }
        };
        protocols.add(protocol);
        return protocol;
      });
      variable.set("changed");
      Peer first = connect(server);
      while (protocols.isEmpty()) {
        turn();
      }
      Peer second = connect(server);
      first.send("x");
      second.send("x");
      while (protocols.size() < 2) {
        turn();
      }
      protocols.forEach(each -> each.awaitBytes(1));
      for (int i = 1; i <= 2; i++) {
        assertEquals(
            List.of("made in factory", "data in connection " + i), protocols.get(i - 1).events);
      }
      assertEquals(List.of("creator", "creator"), seenByFactory);
      server.close();
      server.abortClients();
      server.waitClosed();
    });
  }
}
