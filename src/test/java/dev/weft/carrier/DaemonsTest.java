package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class DaemonsTest {

  @Test
  @DisplayName("a thread of Weft's own is not in a thread group of the program")
  void group() {
    var made = new CompletableFuture<Thread>();
    var program = new ThreadGroup("program");
    new Thread(program, () -> made.complete(Daemons.builder().unstarted(() -> {}))).start();
    Thread daemon = made.join();
    assertNull(daemon.getThreadGroup().getParent());
    assertTrue(daemon.isDaemon());
  }
}
