package dev.weft.loop;

import java.util.List;
import java.util.Objects;

/**
 * Tells where a failure was awaited. {@link Future#await} throws the very object that failed elsewhere: in another
 * task, on another thread, or in the loop. The failure's own trace tells where that was. An {@code AwaitedAt} that is
 * suppressed in it tells which task awaited it: its trace is the awaiting task's, without Weft's own frames, and its
 * message names the task. A failure that passes through several tasks has one note of each, in order.
 *
 * <p>A failure has at most {@value #MOST} notes, which are the first ones. A failure has none if it does not allow
 * suppression, if it is a {@link CancelledError}, or if it must leave the loop, see {@link KeyboardInterrupt#isFatal}.
 */
public final class AwaitedAt extends Throwable {

  private static final long serialVersionUID = 1L;

  /** How many notes a failure has at most. */
  static final int MOST = 8;

  /** How many frames the trace has at most. */
  private static final int DEPTH = 16;

  private AwaitedAt(Task<?> task, List<StackTraceElement> stack) {
    super("awaited in " + task.getName());
    setStackTrace(stack.toArray(new StackTraceElement[0]));
  }

  /** The trace comes from a walk that knows Weft's own frames. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }

  /**
   * Notes in a failure that the calling task awaits it here. {@link Future#await} does this itself; code that brings
   * failures to a task in another way calls this method. It does nothing outside of a task. Never suspends. Any thread.
   *
   * @param failure gets the note as a suppressed throwable, if it allows suppression
   */
  public static void note(Throwable failure) {
    Task<?> task = Task.currentOrNull();
    if (task == null
        || Objects.requireNonNull(failure, "failure") instanceof CancelledError
        || KeyboardInterrupt.isFatal(failure)
        || isFull(failure)) {
      return;
    }
    try {
      var note = new AwaitedAt(task, Origins.callersStack(DEPTH));
      synchronized (failure) { // it may be awaited on several loops
        if (!isFull(failure)) {
          failure.addSuppressed(note);
        }
      }
    } catch (StackOverflowError deep) {
      // the caller is to get the failure, not this
    }
  }

  private static boolean isFull(Throwable failure) {
    int notes = 0;
    for (Throwable suppressed : failure.getSuppressed()) {
      if (suppressed instanceof AwaitedAt) {
        notes++;
      }
    }
    return notes >= MOST;
  }
}
