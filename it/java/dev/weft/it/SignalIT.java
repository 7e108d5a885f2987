package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.support.EndedProgram;
import dev.weft.it.support.InterruptedProgram;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Weft;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real signals for a JVM in which a coroutine runs. */
@Timeout(60)
class SignalIT {

  private static final Duration SOON = Duration.ofSeconds(40);

  private static Peer start(String how) throws IOException {
    Peer program = Weft.example(InterruptedProgram.class, "64m", how);
    program.awaitOutput("running", SOON);
    return program;
  }

  private static void interrupt(Peer program) throws IOException {
    program.signal("SIGINT");
  }

  private static Peer startEnded(String how) throws IOException {
    Peer program = Weft.example(EndedProgram.class, "64m", how);
    program.awaitOutput("running", SOON);
    return program;
  }

  /** The output of a program from "running" on, without the lines of a stack trace. */
  private static List<String> printed(Peer program) {
    return program
        .output()
        .lines()
        .dropWhile(line -> !line.equals("running"))
        .filter(line -> !line.startsWith("\t") && !line.startsWith("Caused by: "))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"SIGINT, 130", "SIGTERM, 143"})
  @DisplayName("RUN-6: a program that a signal ends cleans up, and has the signal's exit code")
  void ended(String signal, int exitCode) throws Exception {
    try (Peer program = startEnded("plain")) {
      program.signal(signal);
      assertEquals(exitCode, program.waitFor(SOON), program::output);
      assertEquals(List.of("running", "cleaning up", "clean", "hook"), printed(program));
    }
  }

  @ParameterizedTest
  @CsvSource({"SIGINT, SIGINT, 130", "SIGTERM, SIGTERM, 143", "SIGINT, SIGTERM, 143"})
  @DisplayName("RUN-7: a second signal does not wait for the cleanup")
  void endedTwice(String first, String second, int exitCode) throws Exception {
    try (Peer program = startEnded("stubborn")) {
      program.signal(first);
      program.awaitOutput("cleaning up", SOON);
      program.signal(second);
      assertEquals(exitCode, program.waitFor(SOON), program::output);
      assertEquals(List.of("running", "cleaning up", "hook"), printed(program));
    }
  }

  @ParameterizedTest
  @CsvSource({"SIGINT", "SIGTERM"})
  @DisplayName("RUN-6: a coroutine that swallows the cancellation lets the program go on")
  void swallowed(String signal) throws Exception {
    try (Peer program = startEnded("swallows")) {
      program.signal(signal);
      assertEquals(0, program.waitFor(SOON), program::output);
      assertEquals(
          List.of("running", "cleaning up", "clean", "after run", "hook"), printed(program));
    }
  }

  @Test
  @DisplayName(
      "a program that cannot stop says after each signal what it waits for and what the next signal does")
  void deadlock() throws Exception {
    try (Peer program = startEnded("deadlock")) {
      program.signal("SIGTERM");
      program.awaitOutput("A second SIGINT or SIGTERM ends the run", SOON);
      program.awaitOutput("EndedProgram.deadlock", SOON);
      program.signal("SIGTERM");
      program.awaitOutput("Another SIGINT or SIGTERM ends the process", SOON);
      program.signal("SIGTERM");
      assertEquals(143, program.waitFor(SOON), program::output);
    }
  }

  @Test
  @DisplayName(
      "a failure during the cleanup of a program that a signal ends is printed with its trace")
  void failsBesides() throws Exception {
    try (Peer program = startEnded("fails")) {
      program.signal("SIGTERM");
      assertEquals(143, program.waitFor(SOON), program::output);
      assertTrue(
          program.output().contains("Suppressed: java.io.IOException: not clean"), program::output);
    }
  }

  @Test
  @DisplayName("a program that a signal ends does not wait for other threads, as without Weft")
  void otherThreads() throws Exception {
    try (Peer program = startEnded("busy")) {
      program.signal("SIGTERM");
      assertEquals(143, program.waitFor(SOON), program::output);
      assertTrue(printed(program).contains("clean"), program::output);
    }
  }

  @Test
  @DisplayName(
      "the program's default handler of uncaught exceptions is called, and the exit code is right")
  void defaultHandler() throws Exception {
    try (Peer program = startEnded("reports")) {
      program.signal("SIGTERM");
      assertEquals(143, program.waitFor(SOON), program::output);
      assertEquals(
          List.of(
              "running",
              "cleaning up",
              "clean",
              "reported: dev.weft.loop.KeyboardInterrupt: SIGTERM",
              "hook"),
          printed(program));
    }
  }

  @Test
  @DisplayName("the JVM handles SIGHUP: there is no cleanup")
  void hangup() throws Exception {
    try (Peer program = startEnded("plain")) {
      program.signal("SIGHUP");
      assertEquals(129, program.waitFor(SOON), program::output);
      assertEquals(List.of("running", "hook"), printed(program));
    }
  }

  @Test
  @DisplayName("SIG-1: a loop that handles SIGHUP goes on, and SIGTERM still ends it")
  void reload() throws Exception {
    try (Peer program = startEnded("reloads")) {
      program.signal("SIGHUP");
      program.awaitOutput("reloaded", SOON);
      program.signal("SIGTERM");
      assertEquals(143, program.waitFor(SOON), program::output);
      assertEquals(
          List.of("running", "reloaded", "cleaning up", "clean", "hook"), printed(program));
    }
  }

  @Test
  @DisplayName("RUN-6: SIGINT cancels the main task, and run throws KeyboardInterrupt")
  void once() throws Exception {
    try (Peer program = start("sleep")) {
      interrupt(program);
      assertEquals(3, program.waitFor(SOON), program::output);
      assertTrue(
          program.output().endsWith("running\ncleaning up\nKeyboardInterrupt\n"), program::output);
    }
  }

  @Test
  @DisplayName(
      "RUN-7, RUN-8: a second SIGINT ends a stubborn run; afterwards SIGINT is the JVM's again")
  void stubborn() throws Exception {
    try (Peer program = start("stubborn")) {
      interrupt(program);
      program.awaitOutput("cleaning up", SOON);
      interrupt(program);
      program.awaitOutput("KeyboardInterrupt", SOON);
      interrupt(program);
      assertEquals(130, program.waitFor(SOON), program::output);
    }
  }

  @Test
  @DisplayName("RUN-7: a second SIGINT ends the process if the loop is blocked")
  void blocked() throws Exception {
    try (Peer program = start("blocked")) {
      interrupt(program);
      assertFalse(program.process().waitFor(200, TimeUnit.MILLISECONDS));
      program.signal("SIGTERM");
      assertEquals(143, program.waitFor(SOON), program::output);
      assertFalse(program.output().contains("KeyboardInterrupt"), program::output);
    }
  }

  @Test
  @DisplayName("RUN-8: a run that is not in the main thread leaves SIGINT to the JVM")
  void otherThread() throws Exception {
    try (Peer program = start("thread")) {
      interrupt(program);
      assertEquals(130, program.waitFor(SOON), program::output);
      assertFalse(program.output().contains("cleaning up"), program::output);
    }
  }

  @Test
  @DisplayName("RUN-8: a handler that the program installed stays in place")
  void ownHandler() throws Exception {
    try (Peer program = start("handler")) {
      interrupt(program);
      program.awaitOutput("handled by the program", SOON);
      assertTrue(program.process().isAlive());
    }
  }

  @Test
  @DisplayName("RUN-8: in a JVM that leaves signals alone, a runner still runs coroutines")
  void noSignals() throws Exception {
    try (Peer program = Weft.java(
        "-Xrs",
        "-cp",
        Weft.path() + ":" + Weft.examples(),
        InterruptedProgram.class.getName(),
        "nothing")) {
      assertEquals(0, program.waitFor(SOON), program::output);
    }
  }
}
