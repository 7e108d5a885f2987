package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class ChildExitTest {

  @Test
  @DisplayName(
      "the exit of a running child is reported with its value by the thread that waited for it")
  void running() throws Exception {
    Process child = new ProcessBuilder("sh", "-c", "read line; exit 7").start();
    CompletableFuture<Integer> exit = ChildExit.of(child).toCompletableFuture();
    assertFalse(exit.isDone());
    CompletableFuture<String> teller =
        exit.thenApply(value -> Thread.currentThread().getName());
    child.getOutputStream().close();
    assertEquals(7, exit.get(20, TimeUnit.SECONDS));
    String name = teller.get(20, TimeUnit.SECONDS);
    assertTrue(name.startsWith("process reaper"), name);
  }

  @Test
  @DisplayName("the exit of a child that has already ended is reported at once")
  void ended() throws Exception {
    Process child = new ProcessBuilder("sh", "-c", "exit 7").start();
    assertEquals(7, child.waitFor());
    assertEquals(7, ChildExit.of(child).toCompletableFuture().getNow(-1));
  }

  @Test
  @DisplayName("without access to JDK internals the exit is reported with its value too")
  void publicly() throws Exception {
    Process child = new ProcessBuilder("sh", "-c", "read line; exit 7").start();
    CompletableFuture<Integer> exit = ChildExit.publicly(child).toCompletableFuture();
    assertFalse(exit.isDone());
    child.getOutputStream().close();
    assertEquals(7, exit.get(20, TimeUnit.SECONDS));
    assertEquals(
        7, ChildExit.publicly(child).toCompletableFuture().get(20, TimeUnit.SECONDS)); // again
  }

  @Test
  @DisplayName("a child that the JDK reaps is gone when its exit is reported")
  void reaped() throws Exception {
    Process child = new ProcessBuilder("sh", "-c", "read line; exit 7").start();
    CompletableFuture<Integer> exit = ChildExit.reap(child.pid()).toCompletableFuture();
    child.getOutputStream().close();
    assertEquals(7, exit.get(20, TimeUnit.SECONDS));
    assertFalse(ProcessHandle.of(child.pid()).isPresent());
  }
}
