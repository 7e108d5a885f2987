package dev.weft.loop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Python raises KeyboardInterrupt between any two instructions of the main thread. Java cannot, so what a
 * second Ctrl-C does depends on whether the loop still turns: it has, if it has come to do what the first
 * one asked for. Then KeyboardInterrupt leaves the loop at its next turn, the runner cleans up, and the
 * default handling is back, for a third one to end the process. A loop that has not is stuck in somebody's
 * code, and nothing but the end of the process can help: the default handling does that, with exit code 130.
 */

/** What Ctrl-C does to one run of a {@link Runner}. */
final class Interruption {

  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

  private final EventLoop loop;
  private final Task<?> main;
  private volatile boolean heeded; // the loop has come to do what was asked for last

  // guarded by this
  private Signals.Taken taken;
  private int count;
  private Handle request;
  private boolean ended;

  Interruption(EventLoop loop, Task<?> main) {
    this.loop = loop;
    this.main = main;
  }

  /** Begins to handle Ctrl-C, if that can be done here. */
  synchronized void begin(Signals signals) { // a Ctrl-C that comes at once waits for `taken`
    taken = signals.takeSigint(this::pressed).orElse(null);
  }

  private synchronized void pressed() {
    count++;
    if (ended || count > 2) { // came just before SIGINT was given back
      taken.raise();
    } else if (count == 1) {
      request = loop.callSoonThreadsafe(this::cancelMain);
    } else if (heeded) {
      taken.giveBack();
      heeded = false;
      request = loop.callSoonThreadsafe(this::leave);
    } else {
      taken.giveBack(); // first: the code that blocks the loop may hold the log's lock
      LOG.error("SIGINT again, and the event loop has not come to heed the first: the process ends."
          + stack(main));
      taken.raise();
    }
  }

  private void cancelMain() {
    heeded = true;
    if (!main.cancel()) {
      throw new KeyboardInterrupt();
    }
  }

  private void leave() {
    heeded = true;
    throw new KeyboardInterrupt();
  }

  private static String stack(Task<?> task) {
    var text = new StringBuilder(" ").append(task).append(" is at");
    task.getStack().forEach(frame -> text.append("\n\tat ").append(frame));
    return text.toString();
  }

  /**
   * Gives SIGINT back.
   *
   * @param failure what the run has ended with; null for a result
   * @return what it ends with now
   */
  synchronized Throwable end(Throwable failure) {
    ended = true;
    if (taken != null) {
      taken.giveBack();
    }
    if (count == 0) {
      return failure;
    }
    if (!heeded) { // came while the loop was ending
      request.cancel();
      return interrupt(failure);
    }
    return failure instanceof CancelledError && main.uncancel() == 0 ? interrupt(failure) : failure;
  }

  private static KeyboardInterrupt interrupt(Throwable cause) {
    var interrupt = new KeyboardInterrupt();
    interrupt.initCause(cause);
    return interrupt;
  }
}
