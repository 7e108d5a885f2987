package dev.weft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.task.CancelScope;
import dev.weft.task.Timeout;
import dev.weft.task.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/*
 * A task that yields steps the loop turn by turn. Whenever that task runs, the subject is suspended, so "cancel before
 * the k-th turn" reaches every suspension, with every state of the other tasks. It also reaches the turn between the
 * wake-up and the next step of the subject, where errors are most likely. Pure scenarios use a virtual clock that
 * advances by a millisecond a turn, and are the same in each run. With real I/O the number of turns differs from run to
 * run, and the assertions must hold for any point of cancellation. These scenarios are cancelled in each of the first
 * turns, and later at growing intervals.
 */

/**
 * Runs a scenario repeatedly, and cancels it one turn later each time until it ends before that turn. Asserts after
 * each run that no task, socket, pipe or child is left, and that the exception handler got no report.
 */
public final class CancelEverywhere {

  /** Sets a scenario up, in a task of a new loop. */
  @FunctionalInterface
  public interface Scenario {

    Run begin() throws Exception;
  }

  /**
   * One run.
   *
   * @param subject the task to cancel
   * @param check the assertions after the run; may wait, and closes what the scenario opened
   */
  public record Run(ThrowingRunnable<?> subject, ThrowingRunnable<?> check) {}

  /** The way to cancel the subject. */
  public enum How {
    TASK,
    TASK_TWICE,
    TIMEOUT,
    SCOPE
  }

  private static final int DENSE = 20;
  private static final int WARM_UP = Integer.MAX_VALUE;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final How how;
  private final boolean real;
  private final VirtualClock clock = new VirtualClock();
  private final List<ExceptionContext> reports = new ArrayList<>();
  private final int after;
  private final CancelScope scope = new CancelScope();
  private Timeout timeout;

  private CancelEverywhere(How how, boolean real, int after) {
    this.how = how;
    this.real = real;
    this.after = after;
  }

  /** For scenarios that need neither I/O nor threads. Returns the number of runs that were cancelled. */
  public static int pure(How how, Scenario scenario) {
    return each(how, false, scenario);
  }

  /** For scenarios with real sockets, threads or processes. */
  public static int real(How how, Scenario scenario) {
    return each(how, true, scenario);
  }

  private static int each(How how, boolean real, Scenario scenario) {
    if (real) { // the first run, to the end, opens the descriptors that the JDK keeps for itself
      new CancelEverywhere(how, true, WARM_UP).run(scenario);
    }
    int runs = 0;
    for (int k = 0; ; k += real && k > DENSE ? k / 3 : 1) {
      try {
        if (!new CancelEverywhere(how, real, k).run(scenario)) {
          break;
        }
      } catch (Throwable failure) {
        throw new AssertionError(
            "cancelled by " + how + " before turn " + k + ": " + failure, failure);
      }
      runs++;
    }
    assertTrue(runs > 0, "the scenario never suspended");
    return runs;
  }

  private boolean run(Scenario scenario) {
    try (EventLoop loop = real ? EventLoop.newEventLoop() : EventLoop.newEventLoop(clock)) {
      loop.setExceptionHandler((source, report) -> reports.add(report));
      boolean cancelled = loop.runUntilComplete(() -> attempt(loop, scenario));
      assertEquals(List.of(), reports, "reports");
      return cancelled;
    }
  }

  private boolean attempt(EventLoop loop, Scenario scenario) throws Exception {
    Open before = real ? Open.now() : Open.NOTHING;
    Run run = scenario.begin();
    Task<Void> subject = loop.createTask(() -> inside(run.subject()));
    boolean requested = false;
    for (int turn = 0; !subject.done(); turn++) {
      if (turn == after) {
        requested = true;
        cancel(subject, loop);
      } else if (turn == after + 1 && how == How.TASK_TWICE) {
        subject.cancel();
      }
      Loops.turns(1);
      clock.advance(Duration.ofMillis(1));
      assertTrue(real || turn < 1_000, () -> "does not end: " + subject);
    }
    if (!subject.cancelled()) {
      subject.result();
    }
    if (requested && (how == How.TASK || how == How.TASK_TWICE)) {
      assertTrue(subject.cancelled(), "the cancellation was lost");
    }
    run.check().run();
    eventually("tasks", loop, () -> loop.allTasks().size() == 1);
    if (real && after != WARM_UP) {
      eventually("descriptors and children", loop, () -> Open.now().equals(before));
    }
    return requested;
  }

  private void inside(ThrowingRunnable<?> subject) throws Exception {
    switch (how) {
      case TASK, TASK_TWICE -> subject.run();
      case SCOPE ->
        scope.run(entered -> {
          subject.run();
          return null;
        });
      case TIMEOUT -> {
        try {
          Timeouts.timeout(Duration.ofHours(1), entered -> {
            timeout = entered;
            subject.run();
            return null;
          });
        } catch (TimeoutException expected) {
          assertTrue(timeout.expired());
        }
      }
    }
  }

  private void cancel(Task<Void> subject, EventLoop loop) {
    switch (how) {
      case TASK, TASK_TWICE -> subject.cancel();
      case SCOPE -> scope.cancel();
      case TIMEOUT -> {
        if (timeout == null) {
          subject.cancel(); // the subject has not begun
        } else {
          timeout.reschedule(loop.time());
        }
      }
    }
  }

  private void eventually(String what, EventLoop loop, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int turn = 0; !condition.getAsBoolean(); turn++) {
      if (real ? System.nanoTime() > deadline : turn > 1_000) {
        throw new AssertionError(what + " left: " + loop.allTasks() + ", open: " + Open.now());
      }
      Task.sleep(Duration.ofMillis(1));
    }
  }

  private record Open(int sockets, int pipes, long children) {

    static final Open NOTHING = new Open(0, 0, 0);

    static Open now() {
      return new Open(
          Descriptors.sockets(),
          Descriptors.pipes(),
          ProcessHandle.current().children().count());
    }
  }
}
