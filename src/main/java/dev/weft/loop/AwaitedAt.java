package dev.weft.loop;

import java.util.List;
import java.util.Objects;

/**
 * Where a failure was awaited. What {@link Future#await} throws is the very object that failed elsewhere: in another task,
 * on another thread, or in the loop. Its trace tells where that was. An {@code AwaitedAt} that is suppressed in it tells
 * who has awaited it: its trace is the awaiting task's, without Weft's own frames, and its message names the task. A
 * failure that passes through several tasks has one of each, the first first.
 *
 * <p>A failure has {@value #MOST} of these at most, which are those that came first. One whose suppression is disabled has
 * none, nor has a {@link CancelledError}, or what must leave the loop, see {@link KeyboardInterrupt#isFatal}.
 */
public final class AwaitedAt extends Throwable {

  private static final long serialVersionUID = 1L;

  /** How many a failure has at most. */
  static final int MOST = 8;

  /** Of how many frames its trace is at most. */
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
   * Notes in a failure that the calling task has awaited it here. For what brings failures from elsewhere to a task by
   * other ways than {@link Future#await}, which does this itself. Does nothing outside a task. Never suspends.
   *
   * @param failure gets the note as a suppressed throwable, if it takes it
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
