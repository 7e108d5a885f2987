package dev.weft.it;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 5,000 connections that are open at the same time, each counted in and out. */
@RequiresPeer("python")
@Timeout(90)
class ManyConnectionsIT {

  private static final int COUNT = 5000;
  private static final int CONNECTING = 50;

  private final List<Counted> all = new ArrayList<>();
  private int open;
  private int mostOpen;

  @Test
  @DisplayName("5,000 clients of CPython's on one server of Weft's")
  void weftServes() throws IOException {
    run(() -> {
      Server server = getRunningLoop()
          .createServer(Echo::new, "127.0.0.1", 0, ServerOptions.defaults().withBacklog(1024));
      try (server;
          Peer python = Peers.startPython("many_clients.py", server.port(), COUNT)) {
        int code =
            await(getRunningLoop().runInExecutor(() -> python.waitFor(Duration.ofSeconds(80))));
        assertEquals(COUNT + " clients had their lines back\n", python.output());
        assertEquals(0, code);
      }
      server.waitClosed();
    });
    assertAllCounted();
  }

  @Test
  @DisplayName("5,000 clients of Weft's on one server of CPython's")
  void weftConnects() throws IOException {
    run(() -> {
      try (Peer python = Peers.startPython("echo_server.py", "streams")) {
        int port = Weft.port(python);
        var clients = new ArrayList<Client>();
        var connecting = new ArrayList<Task<Void>>();
        for (int i = 0; i < CONNECTING; i++) {
          connecting.add(createTask(() -> {
            for (int j = 0; j < COUNT / CONNECTING; j++) {
              clients.add(connect(port));
            }
          }));
        }
        connecting.forEach(task -> await(task));
        for (Client client : clients) {
          client.say("client " + client.number + " is leaving\n");
        }
        for (Client client : clients) {
          await(client.heard);
          client.transport.close();
        }
        for (Client client : clients) {
          await(client.lost);
        }
      }
    });
    assertAllCounted();
  }

  private Client connect(int port) throws IOException {
    Client client =
        getRunningLoop().createConnection(Client::new, "127.0.0.1", port).protocol();
    client.say("client " + client.number + " is here\n");
    await(client.heard);
    return client;
  }

  private void assertAllCounted() {
    assertEquals(COUNT, all.size());
    assertEquals(COUNT, mostOpen);
    for (Counted one : all) {
      assertEquals(1, one.timesMade);
      assertEquals(1, one.timesLost);
      assertNull(one.error);
    }
  }

  /** Counts the events of each connection. */
  private class Counted implements Protocol {
    Transport transport;
    int timesMade;
    int timesLost;
    Throwable error;

    Counted() {
      all.add(this);
    }

    @Override
    public void connectionMade(BaseTransport transport) {
      this.transport = (Transport) transport;
      timesMade++;
      mostOpen = Math.max(mostOpen, ++open);
    }

    @Override
    public void connectionLost(Throwable error) {
      timesLost++;
      open--;
      this.error = error;
    }
  }

  private final class Echo extends Counted {
    @Override
    public void dataReceived(ByteBuffer data) {
      transport.write(data);
    }
  }

  /** Sends a line and reads its echo. */
  private final class Client extends Counted {
    final int number = all.size();
    final Future<Void> lost = getRunningLoop().createFuture();
    final ByteArrayOutputStream echo = new ByteArrayOutputStream();
    Future<Void> heard;
    String said;

    void say(String line) {
      said = line;
      heard = getRunningLoop().createFuture();
      transport.write(line.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      while (data.hasRemaining()) {
        echo.write(data.get());
      }
      if (echo.size() >= said.length()) {
        assertEquals(said, echo.toString(StandardCharsets.US_ASCII));
        echo.reset();
        heard.setResult(null);
      }
    }

    @Override
    public void connectionLost(Throwable error) {
      super.connectionLost(error);
      if (!lost.done()) {
        lost.setResult(null);
      }
    }
  }
}
