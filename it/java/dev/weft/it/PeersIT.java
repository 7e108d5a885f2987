package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Children are found, read and killed with their own children; otherwise a failing test would leave servers behind. */
final class PeersIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  @RequiresPeer("python")
  void pythonIsRecentAndItsOutputIsHeard() throws Exception {
    var code =
        "import sys; print(sys.version_info >= (3, 11)); print('err', file=sys.stderr); sys.exit(3)";
    try (var python = Peers.start(Peers.python(), "-c", code)) {
      assertEquals(3, python.waitFor(SOON));
      assertEquals("True\nerr\n", python.output());
    }
  }

  @Test
  @RequiresPeer("socat")
  @RequiresPeer("nc")
  void bytesArriveUnchanged() throws Exception {
    var bytes = new byte[] {0, 10, 13, -1, 127};
    try (var socat = Peers.start("socat", "-", "-")) {
      socat.stdin().write(bytes);
      socat.stdin().close();
      assertEquals(0, socat.waitFor(SOON));
      assertArrayEquals(bytes, socat.outputBytes());
    }
  }

  @Test
  void closeKillsGrandchildren() throws Exception {
    List<ProcessHandle> family;
    try (Peer shell = Peers.start(List.of("sh", "-c"), "sleep 100 & echo up 1; wait")) {
      assertEquals("1", shell.awaitOutput("up", SOON));
      var failure = assertThrows(AssertionError.class, () -> shell.waitFor(Duration.ofMillis(1)));
      assertTrue(failure.getMessage().contains("still running"), failure.getMessage());
      family = shell.process().descendants().toList();
      assertFalse(family.isEmpty());
    }
    for (var member : family) {
      member.onExit().get(20, TimeUnit.SECONDS);
    }
  }
}
