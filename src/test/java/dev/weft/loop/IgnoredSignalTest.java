package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.OS;

/** Signals that a process ignores from its start, as with {@code nohup}. */
@DisabledOnOs(OS.WINDOWS)
final class IgnoredSignalTest {

  private static String run(String program, String... options) {
    var outcome =
        ChildJvm.runAfter("trap '' HUP INT TERM USR1", List.of(options), Program.class, program);
    assertEquals(0, outcome.exitCode(), outcome::output);
    return outcome.output();
  }

  @Test
  @EnabledForJreRange(minVersion = 22)
  @DisplayName(
      "SIG-1, SIG-5: with native access an ignored signal can be handled, and is ignored again when no loop handles it")
  void handled() {
    String output = run("handles", "--enable-native-access=ALL-UNNAMED");
    for (String signal : Program.SIGNALS) {
      assertTrue(
          output.contains(signal + " came\n" + signal + " came\n" + signal + " ignored\n"), output);
    }
  }

  @Test
  @DisplayName(
      "SIG-3: without native access a handler is refused with the reason, and the signal stays ignored")
  void refused() {
    String output = run("is refused");
    for (String signal : Program.SIGNALS) {
      assertTrue(
          output.contains("signal: this process ignores " + signal + ", perhaps since"), output);
      assertTrue(output.contains(signal + " ignored\n"), output);
    }
  }

  @Test
  @DisplayName("SIG-1: a signal that the JVM does not use is handled without native access too")
  void others() {
    assertTrue(run("handles USR1").contains("SIGUSR1 came\n"));
  }

  @Test
  @DisplayName("RUN-8: a run leaves an ignored signal ignored")
  void run() {
    String output = run("runs");
    for (String signal : Program.SIGNALS) {
      assertTrue(output.contains(signal + " ignored\n"), output);
    }
  }

  /** Receives signals. */
  static final class Program {

    static final List<String> SIGNALS = List.of("SIGHUP", "SIGINT", "SIGTERM");

    private final EventLoop loop = EventLoop.newEventLoop();
    private final LinkedBlockingQueue<String> came = new LinkedBlockingQueue<>();

    public static void main(String[] arguments) throws Exception {
      var program = new Program();
      switch (arguments[0]) {
        case "handles" -> {
          for (String signal : SIGNALS) {
            program.loop.runUntilComplete(() -> program.handle(signal));
          }
        }
        case "handles USR1" ->
          program.loop.runUntilComplete(() -> {
            program.loop.addSignalHandler("USR1", () -> program.came.add("SIGUSR1"));
            program.expect("SIGUSR1");
          });
        case "is refused" -> {
          for (String signal : SIGNALS) {
            program.loop.runUntilComplete(() -> program.handleInVain(signal));
          }
        }
        default -> {
          try (var runner = new Runner(() -> program.loop)) {
            runner.run(() -> {
              for (String signal : SIGNALS) {
                program.ignore(signal);
              }
            });
          }
        }
      }
    }

    private void handle(String signal) throws Exception {
      loop.addSignalHandler(signal, () -> came.add("replaced"));
      for (int i = 0; i < 2; i++) { // one is added, another replaces it
        loop.addSignalHandler(signal, () -> came.add(signal));
        expect(signal);
      }
      assertTrue(loop.removeSignalHandler(signal));
      ignore(signal);
    }

    private void handleInVain(String signal) throws Exception {
      try {
        loop.addSignalHandler(signal, () -> came.add(signal));
      } catch (IllegalArgumentException expected) {
        System.out.println(expected.getMessage());
      }
      ignore(signal);
    }

    private void expect(String signal) throws Exception {
      send(signal);
      System.out.println(next() + " came");
    }

    /** If the signal is not ignored it ends this process, or arrives before the next one. */
    private void ignore(String signal) throws Exception {
      send(signal);
      loop.addSignalHandler("WINCH", () -> came.add("SIGWINCH"));
      send("SIGWINCH");
      System.out.println(signal + (next().equals("SIGWINCH") ? " ignored" : " came"));
    }

    private String next() {
      for (int i = 0; i < 2_000 && came.isEmpty(); i++) {
        Task.sleep(Duration.ofMillis(1));
      }
      return came.isEmpty() ? "nothing" : came.remove();
    }

    private static void send(String signal) throws Exception {
      String pid = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("sh", "-c", "kill -s " + signal.substring(3) + " " + pid)
          .start()
          .waitFor();
    }
  }
}
