package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ChildSignalsTest {

  private static final int SIGUSR1 = 10;

  /** A child that ends at the first signal that it gets, and reports which one it was. */
  private final Process process;

  ChildSignalsTest() throws IOException {
    process = new ProcessBuilder("sleep", "1000").start();
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  @DisplayName("PROC-7: a signal goes to the process that began with the child, not to its number")
  void numberInUseAgain() throws Exception {
    String began = ChildSignals.startTime(process.pid());
    assertFalse(began.isEmpty());
    assertEquals(
        0,
        ChildSignals.helper(ChildSignals.SIGKILL, process.pid(), began + "1")
            .start()
            .waitFor());
    assertEquals(0, ChildSignals.helper(SIGUSR1, process.pid(), began).start().waitFor());
    assertEquals(128 + SIGUSR1, process.waitFor());
    assertEquals(
        0, // no process has the number, which is not a failure
        ChildSignals.helper(SIGUSR1, process.pid(), began).start().waitFor());
  }

  @Test
  @DisplayName("PROC-7: no signal is sent to the number of a child that is not alive")
  void gone() throws Exception {
    var destroyed = new CountDownLatch(1);
    var child = (ProcessHandle) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {ProcessHandle.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "pid" -> process.pid(); // it has received it by now
          case "isAlive" -> false;
          case "destroy" -> {
            destroyed.countDown();
            yield true;
          }
          default -> throw new AssertionError(method);
        });
    var signals = new ChildSignals(child);
    signals.send(SIGUSR1);
    signals.send(ChildSignals.SIGTERM); // after it
    assertTrue(destroyed.await(20, TimeUnit.SECONDS));
    process.destroy();
    assertEquals(128 + ChildSignals.SIGTERM, process.waitFor());
  }
}
