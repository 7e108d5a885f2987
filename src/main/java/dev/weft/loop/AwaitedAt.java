package dev.weft.loop;

import java.util.List;
import java.util.Objects;

/**
 * Shows where a failure was awaited. {@link Future#await} throws the same object that another task, another thread or
 * the loop has thrown, so the failure's own trace shows only that place. An {@code AwaitedAt} that is suppressed in the
 * failure shows which task awaited it. Its trace is the awaiting task's, without Weft's own frames, and its message
 * names the task. A failure that passes through several tasks has one such note for each of them, in order.
 *
 * <p>A failure has at most {@value #MOST} notes, which are the first ones. A failure has none if it does not allow
 * suppression, if it is a {@link CancelledError}, or if it must leave the loop, see {@link KeyboardInterrupt#isFatal}.
 */
public final class AwaitedAt extends Throwable {

  private static final long serialVersionUID = 1L;

  /** The maximum number of notes of a failure. */
  static final int MOST = 8;

  /** The maximum number of frames of the trace. */
  private static final int DEPTH = 16;

  private AwaitedAt(Task<?> task, List<StackTraceElement> stack) {
    super("awaited in " + task.getName());
    setStackTrace(stack.toArray(new StackTraceElement[0]));
  }

  /**
   * Returns this throwable unchanged. Its constructor sets the trace, without Weft's own frames. Never suspends. Any
   * thread.
   *
   * @return this throwable
   */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }

  /**
   * Notes in a failure that the calling task awaits it here. {@link Future#await} does this itself; code that brings
   * failures to a task in another way calls this method. It does nothing outside of a task. Never suspends. Any thread.
   *
   * @param failure the failure, which gets the note as a suppressed throwable if it allows suppression
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
      synchronized (failure) { // several loops may await it
        if (!isFull(failure)) {
          failure.addSuppressed(note);
        }
      }
    } catch (StackOverflowError deep) {
      // the caller gets the failure without a note
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
