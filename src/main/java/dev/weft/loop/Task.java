package dev.weft.loop;

import dev.weft.carrier.Carrier;
import dev.weft.carrier.Fiber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/*
 * A request to cancel reaches a task in one of three ways, depending on where the task is:
 *
 *   suspended   in an await of Weft's: the request goes to the awaited future. If that is done already, or the
 *               task only yielded, `mustCancel` makes the resumption throw.
 *   not begun   `mustCancel` makes the task end without running its body.
 *   running     or parked in a call of the JDK, or queued after one: `mustCancel` and an interrupt. The
 *               interrupt ends the call of the JDK. If no such call takes it, the next await that would
 *               suspend takes both.
 *
 * `interruptSent` remembers that the interrupt is Weft's. If the interrupt is gone at the next await, it was
 * delivered, and `mustCancel` with it. If it is still set, it was not delivered, or code that caught it set it
 * again, which requests the same cancellation again. If it is set without `mustCancel`, the request was taken
 * back meanwhile.
 *
 * Any other interrupt counts as a request to cancel of its own. A cancel scope cancels waits in another way,
 * see CancelRegion.
 */

/**
 * A coroutine that a loop runs: asyncio's {@code Task}. It is also the future of the coroutine's result.
 *
 * <pre>{@code
 * Task<String> task = createTask(() -> {
 *   sleep(Duration.ofSeconds(1));
 *   return "done";
 * });
 * System.out.println(task.await());      // parks this task until the other one is done
 * }</pre>
 *
 * <p>A task runs on a virtual thread of its own, and the loop runs the steps of all its tasks one at a time. The loop
 * keeps a strong reference to a task until it is done. The methods of a task may be called only on the loop's thread,
 * except for {@link #toString}, {@link #getName}, {@link #setName} and {@link #getStack}, which any thread may call.
 *
 * @param <T> the type of the result
 */
public abstract sealed class Task<T extends @Nullable Object> extends Future<T> permits Coroutine {

  private static final AtomicLong COUNTER = new AtomicLong();

  /** The maximum length of a cycle that is found. The search runs at each wait of a task for which others wait. */
  private static final int LONGEST_CYCLE = 10_000;

  private final Thread thread;

  // loop thread only
  private boolean running; // or parked in a call of the JDK, or queued after one
  private @Nullable Future<?> awaited;
  private boolean woken;
  private boolean mustCancel;
  private boolean interruptSent;
  private boolean forwarding; // a request to cancel, to the awaited future
  private @Nullable String cancelMessage;
  private int cancelling;
  private boolean internal;

  @Nullable
  CancelRegion region; // the innermost; null for none

  @Nullable
  Lineage lineage; // null for none

  // links of the loop's list of tasks
  @Nullable
  Task<?> previous;

  @Nullable
  Task<?> next;

  Task(BaseEventLoop loop, TaskOptions options) {
    super(loop);
    Task<?> creator = currentOrNull();
    String name = options.name().orElse(null);
    this.thread = loop.newThread(coroutine(), name == null ? nextName() : name);
    this.lineage = creator == null ? null : creator.lineage;
  }

  private Coroutine<T> coroutine() {
    return (Coroutine<T>) this;
  }

  private static String nextName() {
    long number = COUNTER.incrementAndGet();
    // a concatenation with an int takes one allocation less
    return number == (int) number ? "Task-" + (int) number : "Task-" + number;
  }

  /**
   * Returns the task in which the caller runs ({@code current_task}). Never suspends. Any thread.
   *
   * @return the task; empty in a callback, or in a thread that no loop runs
   */
  public static Optional<Task<?>> current() {
    return Optional.ofNullable(currentOrNull());
  }

  static @Nullable Task<?> currentOrNull() {
    return Fiber.current() instanceof Coroutine<?> coroutine ? coroutine : null;
  }

  static Task<?> currentOrThrow(String what) {
    Task<?> task = currentOrNull();
    if (task == null) {
      throw notInTask(what);
    }
    return task;
  }

  /**
   * Parks the calling task for a time ({@code sleep}). Suspends. Loop thread only.
   *
   * @param delay how long; zero or less lets everything else that is ready run once
   * @throws IllegalStateException if the caller is not a task
   * @throws CancelledError if the task is cancelled meanwhile
   */
  public static void sleep(Duration delay) {
    Task<?> task = currentOrThrow("sleep");
    long nanos = BaseEventLoop.nanos(delay, "delay");
    if (nanos <= 0) {
      task.yieldNow();
      return;
    }
    var wakeUp = new SleepTimer(task.loop, task.loop.deadline(nanos));
    task.loop.addTimer(wakeUp);
    try {
      task.suspendOn(wakeUp.future); // not await: a sleeping task would keep its frame
      wakeUp.future.result();
    } finally {
      wakeUp.cancel();
    }
  }

  // ---- the life of the task

  void start() {
    loop.turns.carrier.start(thread);
  }

  Thread thread() {
    return thread;
  }

  /** Runs the first step at once. A fatal failure in it is also thrown to the creator. */
  void startInPlace(Carrier carrier) {
    Context creators = Context.currentOrNull();
    Context own = coroutine().contextOrNull();
    if (own != null && (own == creators || own.isEntered())) {
      throw new IllegalStateException("cannot enter context: a creator of this eager task has it");
    }
    // A task's own context is not marked as entered. While its eager child runs, it is.
    Context held = creators != null && !creators.isEntered() ? creators : null;
    if (held != null) {
      held.enter();
    }
    try {
      carrier.startInPlace(thread);
    } finally {
      if (held != null) {
        held.exit();
      }
    }
    if (done() && !cancelled() && exception().filter(KeyboardInterrupt::isFatal).isPresent()) {
      loop.turns.stopUnwinding();
      result();
    }
  }

  /** Begins the first step. Returns the error that prevents the body from running, or null. */
  @Nullable
  Throwable begin() {
    running = true;
    if (lineage != null && !internal) {
      lineage.enter();
    }
    return mustCancel ? takeCancel(null) : null;
  }

  /** Ends the last step. */
  void end(@Nullable T result, @Nullable Throwable failure) {
    endStep();
    loop.remove(this);
    if (failure == null) {
      noticeInterrupt();
      if (mustCancel) { // the body ended before a wait that would throw the cancellation
        finishCancelled(cancelMessage);
      } else {
        finish(result);
      }
    } else if (failure instanceof CancelledError cancelled) {
      finishCancelled(cancelled);
    } else if (CancelledError.isCancellation(failure)) {
      finishCancelled(new CancelledError(cancelMessage, failure));
    } else {
      fail(failure);
      if (KeyboardInterrupt.isFatal(failure)) {
        loop.turns.unwind(failure);
      }
    }
    if (lineage != null && !internal) {
      lineage.leave();
    }
  }

  /**
   * Parks until {@code future} is done, or throws the cancellation of this task. A sleeping task keeps its frames, so
   * fields hold what the code after the park needs.
   */
  void suspendOn(Future<?> future) {
    if (future == this || future.loop != loop) {
      refuse(future);
    }
    loop.checkCanSuspend(this);
    noticeInterrupt();
    if (future instanceof Task<?> other && other.awaited != null && hasWaiters()) {
      reportCycle(other);
    }
    awaited = future;
    woken = false;
    try {
      future.addWaiter(this);
      running = false;
      if (mustCancel || region != null) {
        cancelAtOnce(future);
      }
      while (!woken) {
        endStep();
        LockSupport.park();
        if (!woken) {
          unparkedInVain();
        }
      }
    } catch (Throwable failed) { // the stack or the memory is exhausted, or the task is pinned
      stopWaiting(future);
      throw failed;
    }
    resumed();
  }

  /** Forwards a pending request to cancel to the future that the task waits for. */
  private void cancelAtOnce(Future<?> future) {
    if (mustCancel && future.cancel(cancelMessage)) {
      mustCancel = false;
      takeTurnIfWoken();
    } else if (region != null && region.isReached() && future.cancel(CancelRegion.MESSAGE)) {
      takeTurnIfWoken();
    }
  }

  /** Continues after the wait. This is a separate method because a sleeping task keeps the frame of the wait. */
  private void resumed() {
    Future<?> done = awaited;
    awaited = null;
    running = true;
    noticeInterrupt();
    if (region != null) {
      region.resumed();
    }
    if (mustCancel) {
      throw takeCancel(done);
    }
  }

  /** Refuses a future for which the task cannot wait. It throws in the task's next turn, after a request to cancel. */
  private void refuse(Future<?> future) {
    yieldNow();
    throw new IllegalStateException(
        future == this
            ? "Task cannot await on itself: " + this
            : this + " got " + future + " attached to a different loop: " + future.loop);
  }

  /** Undoes the beginning of a wait. Makes few calls, because the stack may be exhausted. */
  private void stopWaiting(Future<?> future) {
    awaited = null;
    running = true;
    future.removeWaiter(this);
  }

  private void unparkedInVain() {
    if (Thread.interrupted()) {
      cancel();
      takeTurnIfWoken();
    } else {
      loop.checkNotPinned();
    }
  }

  /** Waits for the task's turn if the task itself has completed the awaited future. */
  private void takeTurnIfWoken() {
    if (woken) {
      Thread.yield();
    }
  }

  /** Suspends the task and puts it at the end of the ready queue. */
  void yieldNow() {
    loop.checkCanSuspend(this);
    noticeInterrupt();
    running = false;
    endStep();
    Thread.yield();
    running = true;
    noticeInterrupt();
    boolean cancelledByRegion = region != null && region.resumed();
    if (mustCancel) {
      throw takeCancel(null);
    }
    if (cancelledByRegion) {
      throw new CancelledError(CancelRegion.MESSAGE);
    }
  }

  /** In debug mode, reports a slow step as this task's. */
  private void endStep() {
    if (loop.getDebug()) {
      loop.slowSteps().ended(this);
    }
  }

  /** Returns whether the task, which does not run now, waits in a blocking call that is not Weft's. */
  boolean isInBlockingCall() {
    return running;
  }

  /** Merges a pending interrupt with a pending request to cancel. */
  private void noticeInterrupt() {
    if (!Thread.currentThread().isInterrupted()) {
      mustCancel &= !interruptSent;
    } else {
      Thread.interrupted();
      if (!interruptSent && !(region != null && region.hasInterrupted())) {
        cancelling++;
        mustCancel = true;
        cancelMessage = null;
      }
    }
    interruptSent = false;
  }

  /** Returns the error for a request that could not be forwarded. The outcome of {@code future} is lost. */
  private CancelledError takeCancel(@Nullable Future<?> future) {
    mustCancel = false;
    if (future != null) {
      try {
        future.result();
      } catch (CancelledError itsOwn) {
        return itsOwn;
      } catch (Throwable lost) {
        // lost, as a result would be
      }
    }
    return new CancelledError(cancelMessage);
  }

  /** Wakes the task, because the future that it waits for is done. */
  void wake() {
    woken = true;
    loop.turns.carrier.wake(thread);
  }

  /** Cancels the task because the loop closes: the task gets the cancellation wherever it is. */
  void unwind() {
    mustCancel = true;
    cancelMessage = "the event loop is closed";
    if (awaited != null) {
      wake();
    } else if (running) {
      interruptSent = true;
      thread.interrupt();
    }
  }

  /** Marks the task as one of the loop's own, which is not reported if it is left pending. */
  void forgetIfPending() {
    internal = true;
  }

  boolean isInternal() {
    return internal;
  }

  // ---- cancellation

  /**
   * Requests that the task ends ({@code cancel}). A {@link CancelledError} is thrown where the task waits, or where it
   * waits next. A task that is parked in a blocking call of the JDK is interrupted. Runs no other code at once. Never
   * suspends. Loop thread only.
   *
   * @param message the message of the error; null for none
   * @return false if the task is done already
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  @Override
  public boolean cancel(@Nullable String message) {
    markRetrieved();
    if (done()) {
      return false;
    }
    loop.checkCanUse("cancelling ", this);
    if (forwarding) { // the task's own request has reached it again
      leaveCycle(message);
      return true;
    }
    Set<Task<?>> seen = waitsInCycle() ? new HashSet<>(List.of(this)) : null;
    cancelling++;
    Task<?> last = this;
    Task<?> next;
    while ((next = last.awaitedTask()) != null
        && !next.forwarding
        && (seen == null || seen.add(next))) {
      next.cancelling++;
      last = next;
    }
    if (next != null) {
      last.leaveCycle(message);
    } else if (!last.forwardCancel(message)) {
      last.requestCancel(message);
    }
    return true;
  }

  /** Forwards a request to cancel to the awaited future. Returns false if there is none that can be cancelled. */
  private boolean forwardCancel(@Nullable String message) {
    if (awaited == null) {
      return false;
    }
    forwarding = true; // the awaited task may wait for this one and forward the request to it
    try {
      return awaited.cancel(message);
    } finally {
      forwarding = false;
    }
  }

  private void requestCancel(@Nullable String message) {
    mustCancel = true;
    cancelMessage = message;
    if (running) {
      interruptSent = true;
      thread.interrupt();
    }
  }

  // ---- tasks that wait for tasks

  /** Returns the task for which this task waits, or null if there is none or it is done. */
  private @Nullable Task<?> awaitedTask() {
    return awaited instanceof Task<?> task && !task.done() ? task : null;
  }

  /** Returns whether this task waits, directly or through other tasks, for itself. Uses Brent's algorithm. */
  private boolean waitsInCycle() {
    Task<?> mark = this;
    int bound = 1;
    int steps = 0;
    for (Task<?> at = awaitedTask(); at != mark; at = at.awaitedTask()) {
      if (at == null) {
        return false;
      }
      if (++steps == bound) {
        mark = at;
        bound *= 2;
        steps = 0;
      }
    }
    return true;
  }

  /** Ends this task's wait as cancelled, although the awaited future is not done. */
  private void leaveCycle(@Nullable String message) {
    Objects.requireNonNull(awaited).removeWaiter(this);
    mustCancel = true;
    cancelMessage = message;
    wake();
  }

  /** Reports tasks that wait for each other as soon as this task waits for {@code other}. */
  private void reportCycle(Task<?> other) {
    var cycle = new ArrayList<Task<?>>(List.of(this));
    for (Task<?> at = other; at != this; at = at.awaitedTask()) {
      if (at == null || cycle.size() > LONGEST_CYCLE) {
        return;
      }
      cycle.add(at);
    }
    loop.append(new Handle(
        loop,
        () -> loop.callExceptionHandler(
            ExceptionContext.of("Tasks wait for each other, so none of them can continue")
                .with(ExceptionContext.TASK, this)
                .with("tasks", cycle)),
        Bindings.EMPTY));
  }

  @Override
  @Nullable
  String cancelMessage() {
    return cancelled() ? super.cancelMessage() : cancelMessage;
  }

  /**
   * Returns how many requests to cancel are outstanding ({@code cancelling}). Never suspends. Loop thread only.
   *
   * @return the calls of {@link #cancel} minus those of {@link #uncancel}
   */
  public int cancelling() {
    return cancelling;
  }

  /**
   * Takes one request to cancel back ({@code uncancel}). If none is left, a cancellation that was not thrown yet is
   * dropped. Never suspends. Loop thread only.
   *
   * @return how many requests are left
   */
  public int uncancel() {
    if (cancelling > 0) {
      cancelling--;
      if (cancelling == 0) {
        mustCancel = false;
        if (interruptSent && Thread.currentThread() == thread) {
          Thread.interrupted();
          interruptSent = false;
        }
      }
    }
    return cancelling;
  }

  /**
   * Refuses the call, because only the task's code gives it a result. Never suspends. Any thread.
   *
   * @param result not used
   * @throws UnsupportedOperationException always
   */
  @Override
  public void setResult(T result) {
    throw new UnsupportedOperationException("Task does not support setResult operation");
  }

  /**
   * Refuses the call, because only the task's code gives it a failure. Never suspends. Any thread.
   *
   * @param failure not used
   * @throws UnsupportedOperationException always
   */
  @Override
  public void setException(Throwable failure) {
    throw new UnsupportedOperationException("Task does not support setException operation");
  }

  // ---- cancelled regions

  /** Cancels the awaited future if it is not done. This is not a request to cancel the task. */
  void cancelWait() {
    if (awaited != null) {
      awaited.cancel(CancelRegion.MESSAGE);
    }
  }

  /** Interrupts the blocking call of the JDK that the task is in. */
  void interruptForRegion() {
    thread.interrupt();
  }

  /** Returns whether a request to cancel the task has sent an interrupt that is not taken yet. */
  boolean isInterruptedByCancel() {
    return interruptSent;
  }

  // ---- inspection

  /**
   * Returns the task's name ({@code get_name}). Logs, thread dumps and debuggers show it too, because it is also the
   * name of the task's thread. Never suspends. Any thread.
   *
   * @return the given name, or {@code Task-} and a number
   */
  public String getName() {
    return thread.getName();
  }

  /**
   * Names the task and its thread ({@code set_name}). Never suspends. Any thread.
   *
   * @param name the name, not null
   */
  public void setName(String name) {
    thread.setName(Objects.requireNonNull(name, "name"));
  }

  /**
   * Returns the context in which the task runs ({@code get_context}). Never suspends. Loop thread only.
   *
   * @return the context itself, not a copy
   */
  public Context getContext() {
    return coroutine().context();
  }

  /**
   * Returns the task's call stack ({@code get_stack}). Never suspends. Any thread.
   *
   * @return all frames, the innermost first; empty if the task has not begun or is done
   */
  public List<StackTraceElement> getStack() {
    return List.of(thread.getStackTrace());
  }

  /**
   * Returns the future for which the task waits. Asyncio has no such method. Never suspends. Loop thread only.
   *
   * @return the awaited future; empty if the task does not wait in an await
   */
  public Optional<Future<?>> awaiting() {
    return Optional.ofNullable(awaited);
  }

  @Override
  String kind() {
    return "Task";
  }

  @Override
  String describe() {
    String state = cancelling > 0 && !done() ? "cancelling" : super.describe();
    return getName() + " " + state;
  }
}
