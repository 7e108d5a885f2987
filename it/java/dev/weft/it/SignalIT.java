package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.support.InterruptedProgram;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Weft;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real SIGINT for a JVM in which a coroutine runs. */
@Timeout(60)
class SignalIT {

  private static final Duration SOON = Duration.ofSeconds(40);

  private static Peer start(String how) throws IOException {
    Peer program = Weft.example(InterruptedProgram.class, "64m", how);
    program.awaitOutput("running", SOON);
    return program;
  }

  private static void interrupt(Peer program) throws Exception {
    String pid = Long.toString(program.process().pid());
    assertEquals(0, new ProcessBuilder("kill", "-INT", pid).start().waitFor());
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
  @DisplayName("RUN-7, RUN-8: a second one ends a stubborn run; then SIGINT is the JVM's again")
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
  @DisplayName("RUN-7: the second one ends the process if the loop is blocked")
  void blocked() throws Exception {
    try (Peer program = start("blocked")) {
      interrupt(program);
      assertFalse(program.process().waitFor(200, TimeUnit.MILLISECONDS));
      interrupt(program);
      assertEquals(130, program.waitFor(SOON), program::output);
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
  @DisplayName("RUN-8: a handler of the program's own stays in place")
  void ownHandler() throws Exception {
    try (Peer program = start("handler")) {
      interrupt(program);
      program.awaitOutput("handled by the program", SOON);
      assertTrue(program.process().isAlive());
    }
  }

  @Test
  @DisplayName("RUN-8: a JVM that leaves signals alone runs coroutines all the same")
  void noSignals() throws Exception {
    try (Peer program = Weft.java(
        "-Xrs",
        "--add-opens",
        "java.base/java.lang=ALL-UNNAMED",
        "-cp",
        Weft.jar() + ":" + Weft.examples(),
        InterruptedProgram.class.getName(),
        "nothing")) {
      assertEquals(0, program.waitFor(SOON), program::output);
    }
  }
}
