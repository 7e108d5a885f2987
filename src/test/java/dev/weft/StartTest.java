package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOP_FallbackServiceProvider;

/** The classes and lambdas that a minimal program loads, because each of them delays its start. */
class StartTest {

  private static final List<String> LOADING = List.of("-Xlog:class+load");

  /** The minimal program. */
  static final class Hello {
    public static void main(String[] args) {
      Asyncio.run(() -> System.out.println("hello"));
    }
  }

  /** A task requests a logger while SLF4J's provider initialises slowly. */
  static final class SlowLog {
    static final Thread MAIN = Thread.currentThread();
    static volatile boolean begun;

    public static void main(String[] args) {
      Asyncio.run(() -> {
        begun = true;
        System.out.println(LoggerFactory.getLogger("a task's").getClass().getSimpleName());
      });
      System.out.println(Thread.interrupted() ? "interrupted" : "not interrupted");
    }
  }

  /** A provider that is ready only after the main thread waits for it, and continues to wait after an interrupt. */
  public static final class SlowProvider extends NOP_FallbackServiceProvider {
    @Override
    public void initialize() {
      awaitWaiting();
      SlowLog.MAIN.interrupt();
      while (SlowLog.MAIN.isInterrupted()) {
        Thread.onSpinWait(); // until the main thread notices the interrupt
      }
      for (int i = 0; i < 1_000 && !SlowLog.begun; i++) {
        SlowLog.MAIN.getStackTrace(); // gives a main thread that does not wait time to begin
      }
      System.out.println(Thread.currentThread().isVirtual() ? "on a loop" : "apart");
      super.initialize();
    }

    private static void awaitWaiting() {
      while (SlowLog.MAIN.getState() != Thread.State.WAITING && !SlowLog.begun) {
        Thread.onSpinWait();
      }
    }
  }

  /** A provider that fails. */
  public static final class FailingProvider extends NOP_FallbackServiceProvider {
    @Override
    public void initialize() {
      throw new IllegalStateException("no log today");
    }
  }

  private static List<String> loaded(ChildJvm.Outcome outcome) {
    assertEquals(0, outcome.exitCode(), outcome::output);
    List<String> loaded = outcome.output().lines().toList();
    assertTrue(loaded.contains("hello"), outcome::output);
    return loaded;
  }

  private static List<String> having(List<String> lines, String pattern) {
    return lines.stream().filter(line -> line.matches(".*(" + pattern + ").*")).toList();
  }

  @Test
  @DisplayName(
      "a hello program loads no classes of network or management, and generates few classes")
  void little() {
    List<String> loaded = loaded(ChildJvm.run(LOADING, Hello.class));
    assertEquals(
        List.of(),
        having(
            loaded,
            "java\\.lang\\.management\\.|javax\\.net\\.|java\\.net\\.(Server)?Socket |\\$StringConcat"
                + "|dev\\.weft\\.(transport|stream|process|tls|selector\\.(Socket|Udp|Loop|Pipe))"));
    List<String> spun = having(loaded, " dev\\.weft\\.(loop|selector|carrier)\\.\\S*\\$\\$Lambda");
    assertTrue(!spun.isEmpty() && spun.size() <= 11, () -> spun.size() + ": " + spun);
  }

  @Test
  @DisplayName(
      "J4: the log is set up on another thread before a task runs, so no task gets a substitute logger")
  void log() {
    var options = List.of("-Dslf4j.provider=" + SlowProvider.class.getName());
    List<String> lines = ChildJvm.run(options, SlowLog.class).output().lines().toList();
    assertEquals(
        List.of("apart", "NOPLogger", "interrupted"),
        lines.subList(lines.size() - 3, lines.size()));
  }

  @Test
  @DisplayName("SLF4J is set up if it has a provider, and is not loaded if it has none")
  void provider() {
    assertEquals(
        List.of(),
        having(
            loaded(ChildJvm.runWithoutLog(LOADING, Hello.class)), "org\\.slf4j\\.LoggerFactory "));
    List<String> with = loaded(ChildJvm.run(LOADING, Hello.class));
    assertEquals(1, having(with, "org\\.slf4j\\.LoggerFactory ").size());
  }

  @Test
  @DisplayName("a log that cannot be set up is reported, and does not stop code that does not log")
  void brokenLog() {
    var options = List.of("-Dslf4j.provider=" + FailingProvider.class.getName());
    ChildJvm.Outcome outcome = ChildJvm.run(options, Hello.class);
    assertEquals(0, outcome.exitCode(), outcome::output);
    List<String> lines = outcome.output().lines().toList();
    assertTrue(lines.contains("hello"), outcome::output);
    assertTrue(!having(lines, "no log today").isEmpty(), outcome::output);
  }
}
