package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stack or the memory is exhausted, at any place: the error is shown, and the run returns or throws. */
@Timeout(60)
@Tag("slow")
class FatalErrorProgramTest {

  private static final String SHOWN = "The run has failed, its tasks are cancelled now";

  private static ChildJvm.Outcome run(String program) {
    return ChildJvm.run(List.of("-Xmx64m"), FatalErrorProgram.class, program);
  }

  private static void assertReturns(String program, String said) {
    ChildJvm.Outcome outcome = run(program);
    assertEquals(0, outcome.exitCode(), outcome::output);
    assertTrue(outcome.output().contains(said), outcome::output);
  }

  private static void assertThrows(String program, String error) {
    ChildJvm.Outcome outcome = run(program);
    assertEquals(1, outcome.exitCode(), outcome::output);
    int shown = outcome.output().indexOf(SHOWN);
    int thrown = outcome.output().indexOf("Exception in thread \"main\" java.lang." + error);
    assertTrue(0 <= shown && shown < thrown, outcome::output);
  }

  @Test
  @DisplayName("A task that cannot start because the stack is exhausted is not waited for")
  void notStarted() {
    assertReturns("tasksUntilOverflow", "returned");
  }

  @Test
  @DisplayName(
      "Eager tasks that start each other without end fail, and do not lose the suspended ones")
  void eagerTasks() {
    assertThrows("eagerTasks", "StackOverflowError");
  }

  @Test
  @DisplayName("Exhausted memory in the ready queue loses no callback; the error leaves the loop")
  void readyQueue() {
    assertThrows("readyQueue", "OutOfMemoryError");
  }

  @Test
  @DisplayName("A program that catches the error continues after the callbacks that it has queued")
  void readyQueueCaught() {
    assertReturns("readyQueueCaught", "went on");
  }

  @Test
  @DisplayName("Exhausted memory in the timer heap ends the run with the error")
  void timers() {
    assertThrows("timers", "OutOfMemoryError");
  }

  @Test
  @DisplayName("Memory that another thread exhausts in the queue's inbox loses no callback")
  void readyQueueFromAnotherThread() {
    assertTrue(run("readyQueueFromAnotherThread").output().contains("went on"));
  }

  @Test
  @DisplayName(
      "A wait that fails because the stack is exhausted leaves its task registered nowhere")
  void awaitWithoutStack() {
    assertReturns("awaitWithoutStack", "some failed");
  }
}
