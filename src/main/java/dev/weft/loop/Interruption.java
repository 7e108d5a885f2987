package dev.weft.loop;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/*
 * Python raises KeyboardInterrupt between any two instructions of the main thread. Java cannot, so what a
 * second signal does depends on whether the loop still turns: it has, if it has come to do what the first
 * one asked for. Then KeyboardInterrupt leaves the loop at its next turn, the runner cleans up, and the
 * default handling is back, for a third one to end the process. A loop that has not is stuck in somebody's
 * code, and nothing but the end of the process can help: the default handling does that, with the signal's
 * exit code.
 */

/** What SIGINT (Ctrl-C) and SIGTERM do to one run of a {@link Runner}: the same, but for the exit code. */
final class Interruption {

  private final EventLoop loop;
  private final Task<?> main;
  private volatile Asked last; // written by who holds this
  private volatile boolean heeded; // the loop has come to do what was asked for last

  // guarded by this
  private final Map<Asked, Signals.Taken> taken = new EnumMap<>(Asked.class);
  private int count;
  private Handle request;
  private boolean ended;

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
  synchronized void begin(Signals signals) { // one that comes at once waits for `taken`
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
    if (ended || count > 2) { // came just before the signals were given back
      endProcess(asked);
    } else if (count == 1) {
      request = loop.callSoonThreadsafe(this::cancelMain);
    } else if (heeded) {
      giveBack();
      heeded = false;
      request = loop.callSoonThreadsafe(this::leave);
    } else {
      giveBack(); // first: the code that blocks the loop may hold the log's lock
      Logs.RUNNER.error(
          "{} again, and the event loop has not come to heed the first: the process ends.{}",
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
    taken.get(asked).raise();
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
    return new KeyboardInterrupt(last.toString(), last.exitCode);
  }

  private static String stack(Task<?> task) {
    var text = new StringBuilder(" ").append(task).append(" is at");
    task.getStack().forEach(frame -> text.append("\n\tat ").append(frame));
    return text.toString();
  }

  /**
   * Gives the signals back.
   *
   * @param failure what the run has ended with; null for a result
   * @return what it ends with now
   */
  synchronized Throwable end(Throwable failure) {
    ended = true;
    giveBack();
    if (count == 0) {
      return failure;
    }
    if (!heeded) { // came while the loop was ending
      request.cancel();
      return interrupt(failure);
    }
    return failure instanceof CancelledError && main.uncancel() == 0 ? interrupt(failure) : failure;
  }

  private KeyboardInterrupt interrupt(Throwable cause) {
    KeyboardInterrupt interrupt = interrupt();
    interrupt.initCause(cause);
    return interrupt;
  }
}
