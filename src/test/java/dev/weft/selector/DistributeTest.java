package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.transport.ServerOptions;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a server hands to another loop that is closed; {@code LoopGroupTest} shows how the hand-over works. */
class DistributeTest {

  @Test
  @DisplayName(
      "a connection handed to a loop that is closed, before or after the hand-over, is closed")
  void closedLoop() throws Exception {
    var made = new ArrayList<Recorder>();
    EventLoop other = EventLoop.newEventLoop();
    try (EventLoop loop = EventLoop.newEventLoop()) {
      Server there = other.createServer(
          () -> {
            made.add(new Recorder(other));
            return made.get(0);
          },
          ServerOptions.defaults());
      assertThrows(IllegalStateException.class, there::port);
      loop.runUntilComplete(() -> {
        Server here = loop.createServer(() -> new Recorder(loop), "127.0.0.1", 0);
        assertThrows(IllegalArgumentException.class, () -> here.distribute(List.of()));
        here.distribute(List.of(there));
        try (Socket before = new Socket("127.0.0.1", here.port());
            Socket after = new Socket()) {
          Task.sleep(Duration.ofMillis(1)); // a poll: the connection is accepted
          other.close();
          assertEquals(-1, before.getInputStream().read());
          after.connect(before.getRemoteSocketAddress());
          assertEquals(-1, after.getInputStream().read());
        }
        here.close();
      });
    }
    assertEquals(List.of(), made);
  }
}
