package dev.weft.loop;

import dev.weft.loop.BlockedLoop.Cause;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/*
 * Python raises KeyboardInterrupt between any two instructions of the main thread. Java cannot, so the effect of a
 * second signal depends on whether the loop still runs turns, that is, whether it has begun to act on the first signal.
 * If so, KeyboardInterrupt leaves the loop at its next turn, the runner cleans up, and the default handling is back, so
 * a third signal ends the process. If not, the program's code blocks the loop, and only the end of the process can
 * help: the default handling ends it, with the signal's exit code.
 *
 * If a stop takes more than a second, the watchdog logs what the stop waits for, and what the next signal does.
 * The watchdog does this because the loop itself may be blocked.
 */

/**
 * The effect of SIGINT (Ctrl-C) and SIGTERM on one run of a {@link Runner}. Both have the same effect, apart from the
 * exit code.
 */
final class Interruption {

  /** How long a stop may take before the log says what it waits for. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int MOST_TASKS = 10;

  private final EventLoop loop;
  private final Task<?> main;
  private final Thread carrier = Thread.currentThread();
  private volatile @Nullable Asked last; // written under this object's lock
  private volatile boolean heeded; // the loop has begun to act on the last signal

  // guarded by this
  private final Map<Asked, Signals.Taken> taken = new EnumMap<>(Asked.class);
  private int count;
  private @Nullable Handle request;
  private boolean ended;
  private @Nullable ScheduledFuture<?> telling; // null for none

  /** The signals that ask a program to end. */
  private enum Asked {
    INT(130),
    TERM(143);

    final int exitCode;

    Asked(int exitCode) {
      this.exitCode = exitCode;
    }

    @Override
    public String toString() {
      return "SIG" + name();
    }
  }

  Interruption(EventLoop loop, Task<?> main) {
    this.loop = loop;
    this.main = main;
  }

  /** Begins to handle the signals that can be handled here. */
  synchronized void begin(
      Signals signals) { // synchronized, so that a signal that comes at once finds `taken` complete
    for (Asked asked : Asked.values()) {
      Optional<Signals.Taken> right = signals.takeDefault(asked.name(), () -> arrived(asked));
      if (right.isPresent()) {
        taken.put(asked, right.get());
      }
    }
  }

  private synchronized void arrived(Asked asked) {
    count++;
    last = asked;
    if (ended || count > 2) { // the signal came just before the signals were given back
      endProcess(asked);
    } else if (count == 1) {
      tellLater(); // first: this may wait for a lock, and the loop continues meanwhile
      request = loop.callSoonThreadsafe(this::cancelMain);
    } else if (heeded) {
      giveBack();
      heeded = false;
      tellLater();
      request = loop.callSoonThreadsafe(this::leave);
    } else {
      giveBack(); // first: the code that blocks the loop may hold the log's lock
      Logs.RUNNER.error(
          "{} again, and the event loop has not reacted to the first: the process ends.{}",
          asked,
          stack(main));
      endProcess(asked);
    }
  }

  private void giveBack() {
    for (Signals.Taken right : taken.values()) {
      right.giveBack();
    }
  }

  /** Ends the process by the default handling. */
  private void endProcess(Asked asked) {
    giveBack();
    Objects.requireNonNull(taken.get(asked)).raise();
  }

  private void cancelMain() {
    heeded = true;
    if (!main.cancel()) {
      throw interrupt();
    }
  }

  private void leave() {
    heeded = true;
    throw interrupt();
  }

  private KeyboardInterrupt interrupt() {
    Asked asked = Objects.requireNonNull(last);
    return new KeyboardInterrupt(asked.toString(), asked.exitCode);
  }

  // ---- a stop that takes long

  private void tellLater() {
    tellNoMore();
    telling = Watchdog.later(PATIENCE, this::tell);
  }

  private void tellNoMore() {
    if (telling != null) {
      telling.cancel(false);
      telling = null;
    }
  }

  /** Logs what the stop waits for. Runs on the watchdog's thread, which the log may block. */
  private void tell() {
    boolean closing;
    boolean blocked;
    boolean endsRun;
    String again;
    synchronized (this) {
      if (telling == null) {
        return; // ended just now
      }
      closing = ended;
      blocked = !ended && !heeded;
      endsRun = !ended && heeded && count == 1;
      again = count == 1 ? "A second" : "Another";
    }
    Logs.RUNNER.warn(
        "{}: the program was asked to end and still runs. {} SIGINT or SIGTERM ends {}. It waits for{}",
        last,
        again,
        endsRun ? "the run without waiting for it; one more ends the process" : "the process",
        blocked ? blocker() : tasks(closing));
  }

  private String tasks(boolean closing) {
    List<Task<?>> all = ((BaseEventLoop) loop)
        .findTasks(task -> closing || task == main || task.cancelling() > 0, MOST_TASKS + 1);
    var text = new StringBuilder(all.isEmpty() ? " the loop to end" : ":");
    for (Task<?> task : all.subList(0, Math.min(all.size(), MOST_TASKS))) {
      text.append('\n').append(stack(task));
    }
    return text.append(all.size() > MOST_TASKS ? "\n and more" : "").toString();
  }

  private String blocker() {
    var base = (BaseEventLoop) loop;
    var holders = new Holders(base);
    Thread driver = base.turns.driver.thread();
    Cause cause = Cause.CALLBACK;
    if (driver != null && Watch.waits(driver)) {
      holders.addWaiting(driver);
    } else {
      cause = holders.addCarried(carrier);
    }
    return " its event loop: " + holders.report(cause, PATIENCE);
  }

  /** The runner calls this when it begins to close the loop, which waits for its tasks. */
  synchronized void closing() {
    if (count > 0) {
      tellLater();
    }
  }

  /** The runner calls this when it has closed the loop. */
  synchronized void closed() {
    tellNoMore();
  }

  private static String stack(Task<?> task) {
    var text = new StringBuilder(" ").append(task).append(" is at");
    task.getStack().forEach(frame -> text.append("\n\tat ").append(frame));
    return text.toString();
  }

  /**
   * Gives the signals back.
   *
   * @param failure the failure of the run; null for a result
   * @return the failure that the run throws; null for a result
   */
  synchronized @Nullable Throwable end(@Nullable Throwable failure) {
    ended = true;
    tellNoMore();
    giveBack();
    if (count == 0) {
      return failure;
    }
    if (!heeded) { // the signal came while the loop was ending
      Objects.requireNonNull(request).cancel();
      return interrupt(failure);
    }
    return failure instanceof CancelledError && main.uncancel() == 0 ? interrupt(failure) : failure;
  }

  private KeyboardInterrupt interrupt(@Nullable Throwable cause) {
    KeyboardInterrupt interrupt = interrupt();
    interrupt.initCause(cause);
    return interrupt;
  }
}
