package dev.weft.loop;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A result that arrives later: asyncio's {@code Future}.
 *
 * <pre>{@code
 * Future<String> answer = getRunningLoop().createFuture();
 * getRunningLoop().callLater(Duration.ofMillis(100), () -> answer.setResult("42"));
 * System.out.println(answer.await());    // parks this task until the result is there
 * }</pre>
 *
 * <p>A future belongs to one loop, and its methods may be called only on that loop's thread. The exceptions are
 * {@link #toString} and {@link #getLoop}, which any thread may call. Completing a future runs no other code at once:
 * its callbacks and the tasks that wait for it go to the loop's ready queue, in the order in which they came.
 *
 * <p>{@code java.util.concurrent} has a type of this name, too. Where a file imports that package,
 * {@code import dev.weft.loop.Future;} selects this one.
 *
 * @param <T> the type of the result
 */
public class Future<T extends @Nullable Object> {

  // the states, as bytes: a Task has space for one beside its flags
  private static final byte PENDING = 0;
  private static final byte FINISHED = 1;
  private static final byte FAILED = 2;
  private static final byte CANCELLED = 3;
  private static final String[] NAMES = {"pending", "finished", "failed", "cancelled"};

  final BaseEventLoop loop;

  // loop thread only
  private byte state; // PENDING first

  // PENDING: the waiters: null, a Task, a DoneCallback, an AwaitEdge, or an ArrayList of them
  // FINISHED: the result
  // FAILED: the throwable; its UnretrievedFailure until it is retrieved
  // CANCELLED: error or message
  private @Nullable Object content;

  /**
   * Creates a pending future. Programs usually call {@link EventLoop#createFuture}. Never suspends. Loop thread only.
   *
   * @param loop the loop that the future belongs to
   */
  @SuppressWarnings(
      "this-escape") // the origins compare the future by identity and refer to it weakly
  public Future(EventLoop loop) {
    this.loop = (BaseEventLoop) Objects.requireNonNull(loop, "loop");
    if (this.loop.getDebug()) {
      this.loop.origins().record(this);
    }
  }

  /**
   * Returns the loop that the future belongs to ({@code get_loop}). Never suspends. Any thread.
   *
   * @return the loop
   */
  public final EventLoop getLoop() {
    return loop;
  }

  /**
   * Returns whether the future is done ({@code done}). Never suspends. Loop thread only.
   *
   * @return true if the future has a result, has failed or is cancelled
   */
  public final boolean done() {
    return state != PENDING;
  }

  /**
   * Returns whether the future is cancelled ({@code cancelled}). Never suspends. Loop thread only.
   *
   * @return true if {@link #cancel} has ended the future; false while it is pending
   */
  public final boolean cancelled() {
    return state == CANCELLED;
  }

  /**
   * Parks the calling task until the future is done, then returns its result or throws its failure (asyncio's
   * {@code await future}). Suspends unless the future is done. Loop thread only.
   *
   * <p>A failure is thrown unwrapped, checked or not. It gets a note of the place where the caller awaited it, see
   * {@link AwaitedAt}.
   *
   * @return the result; null if that is the result
   * @throws IllegalStateException if the caller is not a task of the future's loop
   * @throws CancelledError if the calling task or the future is cancelled
   */
  public final T await() {
    Task<?> task = Task.currentOrNull();
    if (task == null) {
      throw notInTask("await");
    }
    if (state == PENDING) {
      task.suspendOn(this);
    }
    if (state == FAILED) {
      AwaitedAt.note(failure());
    }
    return result();
  }

  static IllegalStateException notInTask(String what) {
    return new IllegalStateException(what
        + " called outside a task, in "
        + Thread.currentThread()
        + ": call it in a task (createTask, run), or use addDoneCallback or"
        + " runCoroutineThreadsafe");
  }

  /**
   * Returns the result, or throws the failure ({@code result}). A failure is thrown unwrapped, checked or not. Never
   * suspends. Loop thread only.
   *
   * @return the result; null if that is the result
   * @throws InvalidStateException if the future is pending
   * @throws CancelledError if the future is cancelled
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // FINISHED: the content is a T
  public final T result() {
    if (state == FINISHED) {
      return (T) content;
    }
    Throwable failure = failure();
    throw Throwables.rethrow(failure);
  }

  /**
   * Returns the failure ({@code exception}). Never suspends. Loop thread only.
   *
   * @return the failure; empty if the future has a result
   * @throws InvalidStateException if the future is pending
   * @throws CancelledError if the future is cancelled
   */
  public final Optional<Throwable> exception() {
    if (state == FINISHED) {
      return Optional.empty();
    }
    Throwable failure = failure();
    if (state == CANCELLED) {
      throw Throwables.rethrow(failure);
    }
    return Optional.of(failure);
  }

  @SuppressWarnings("NullAway") // FAILED: the content is not null
  private Throwable failure() {
    switch (state) {
      case FAILED -> {
        markRetrieved();
        return (Throwable) content;
      }
      case CANCELLED -> {
        return takeCancelledError();
      }
      default -> throw new InvalidStateException("Result is not ready.");
    }
  }

  /**
   * Returns the error that cancelled the future to the first caller, and a new error to later callers, as asyncio does.
   */
  private CancelledError takeCancelledError() {
    if (state == CANCELLED && content instanceof CancelledError error) {
      content = null;
      return error;
    }
    return new CancelledError(cancelMessage());
  }

  /** Returns the message of the request to cancel; null if it has none, or if there was no request. */
  @Nullable
  String cancelMessage() {
    if (state != CANCELLED) {
      return null;
    }
    return content instanceof CancelledError error ? error.getMessage() : (String) content;
  }

  /**
   * Returns the error of a future that was cancelled, or that did not end as cancelled in spite of a request. The error
   * counts as retrieved. Never suspends. Loop thread only.
   *
   * @param future the future
   * @return the error that the next caller of {@link #result} would get
   */
  protected static CancelledError cancellationOf(Future<?> future) {
    return future.takeCancelledError();
  }

  /**
   * Returns the message of a cancelled future's error, and leaves the error for its next reader. Never suspends. Loop
   * thread only.
   *
   * @param future the future
   * @return the message; null if there is none
   */
  protected static @Nullable String cancelMessageOf(Future<?> future) {
    return future.cancelMessage();
  }

  /**
   * Completes the future with a result ({@code set_result}). Never suspends. Loop thread only.
   *
   * @param result the result; may be null
   * @throws InvalidStateException if the future is done
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  public void setResult(T result) {
    complete(FINISHED, result);
  }

  /**
   * Completes the future with a failure ({@code set_exception}). If no code retrieves the failure, the loop reports it
   * to its exception handler. Never suspends. Loop thread only.
   *
   * @param failure the failure, not null
   * @throws InvalidStateException if the future is done
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  public void setException(Throwable failure) {
    fail(Objects.requireNonNull(failure, "failure"));
  }

  /**
   * Cancels the future, without a message ({@code cancel}). Runs no other code at once. Never suspends. Loop thread
   * only.
   *
   * @return false if the future is done already
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  public final boolean cancel() {
    return cancel(null);
  }

  /**
   * Cancels the future ({@code cancel}). Runs no other code at once. Never suspends. Loop thread only.
   *
   * @param message the message of the {@link CancelledError}; null for none
   * @return false if the future is done already
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  public boolean cancel(@Nullable String message) {
    markRetrieved();
    if (state != PENDING) {
      return false;
    }
    complete(CANCELLED, message);
    return true;
  }

  final void finish(@Nullable T result) {
    complete(FINISHED, result);
  }

  final void fail(Throwable failure) {
    checkCanComplete();
    complete(FAILED, loop.unretrieved().add(this, failure));
  }

  /** Ends the future as cancelled. The first reader gets {@code error}. */
  final void finishCancelled(CancelledError error) {
    complete(CANCELLED, error);
  }

  final void finishCancelled(@Nullable String message) {
    complete(CANCELLED, message);
  }

  private void checkCanComplete() {
    if (state != PENDING) {
      throw new InvalidStateException("the future is done already: " + this);
    }
    loop.checkCanUse("completing ", this);
  }

  private void complete(byte end, @Nullable Object with) {
    checkCanComplete();
    Object waiters = content;
    content = with;
    state = end;
    if (waiters instanceof ArrayList<?> several) {
      for (Object waiter : several) {
        wake(waiter);
      }
    } else if (waiters != null) {
      wake(waiters);
    }
  }

  private void wake(Object waiter) {
    if (waiter instanceof Task<?> task) {
      task.wake();
    } else if (waiter instanceof Handle handle) {
      loop.append(handle);
    }
  }

  /** Returns the tasks that wait for this future, see {@link CallGraph}. */
  final Set<Future<?>> awaitedBy() {
    var awaitedBy = new LinkedHashSet<Future<?>>();
    for (Object waiter : allWaiters()) {
      if (waiter instanceof Task<?> task) {
        awaitedBy.add(task);
      } else if (waiter instanceof AwaitEdge edge) {
        awaitedBy.add(edge.waiter());
      } else if (waiter instanceof DoneCallback<?> callback && callback.edge != null) {
        awaitedBy.add(callback.edge);
      }
    }
    return awaitedBy;
  }

  final void addAwaitEdge(Future<?> waiter) {
    if (content instanceof DoneCallback<?> only && only.edge == null) {
      only.edge = waiter;
    } else {
      addWaiter(new AwaitEdge(waiter));
    }
  }

  final void removeAwaitEdges(Future<?> waiter) {
    for (Object each : allWaiters()) {
      if (each instanceof DoneCallback<?> callback && callback.edge == waiter) {
        callback.edge = null;
      }
    }
    removeWaiters(new AwaitEdge(waiter)::equals);
  }

  /**
   * Registers a callback that the loop runs once the future is done, in the current context
   * ({@code add_done_callback}). The callback goes through the ready queue, even if the future is done already. Never
   * suspends. Loop thread only.
   *
   * @param callback gets this future
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  public final void addDoneCallback(Consumer<? super Future<T>> callback) {
    addDoneCallback(callback, Context.bindings());
  }

  /**
   * Registers a callback that the loop runs once the future is done, in a given context
   * ({@code add_done_callback(context=...)}). The callback goes through the ready queue, even if the future is done
   * already. Never suspends. Loop thread only.
   *
   * @param callback gets this future
   * @param context the context in which the callback runs; shared, not copied
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  public final void addDoneCallback(Consumer<? super Future<T>> callback, Context context) {
    addDoneCallback(callback, (Object) Objects.requireNonNull(context, "context"));
  }

  private void addDoneCallback(Consumer<? super Future<T>> callback, Object context) {
    var handle = new DoneCallback<>(this, Objects.requireNonNull(callback, "callback"), context);
    loop.checkCanUse("addDoneCallback to ", this);
    if (state != PENDING) {
      loop.append(handle);
    } else {
      addWaiter(handle);
    }
  }

  /**
   * Removes all registrations of a callback ({@code remove_done_callback}). Never suspends. Loop thread only.
   *
   * @param callback the callback, compared by {@code equals}
   * @return how many registrations there were; 0 if the future is done
   */
  public final int removeDoneCallback(Consumer<? super Future<T>> callback) {
    Objects.requireNonNull(callback, "callback");
    var edges = new ArrayList<Future<?>>();
    int removed = removeWaiters(waiter -> {
      if (!(waiter instanceof DoneCallback<?> done && done.callback.equals(callback))) {
        return false;
      }
      if (done.edge != null) {
        edges.add(done.edge);
      }
      return true;
    });
    edges.forEach(this::addAwaitEdge); // an edge outlives the callback that held it
    return removed;
  }

  private int removeWaiters(Predicate<Object> removed) {
    Object waiters = waiters();
    if (waiters instanceof ArrayList<?> several) {
      int before = several.size();
      several.removeIf(removed);
      return before - several.size();
    }
    if (waiters != null && removed.test(waiters)) {
      content = null;
      return 1;
    }
    return 0;
  }

  /** Removes a waiter that {@link #addWaiter} added. Makes few calls, because the stack may be exhausted. */
  final void removeWaiter(Object waiter) {
    Object waiters = waiters();
    if (waiters instanceof ArrayList<?> several) {
      several.remove(waiter);
    } else if (waiters == waiter) {
      content = null;
    }
  }

  /** Returns whether a task waits for this future or a callback is registered. */
  final boolean hasWaiters() {
    return waiters() != null;
  }

  private @Nullable Object waiters() {
    return state == PENDING ? content : null;
  }

  private List<?> allWaiters() {
    Object waiters = waiters();
    if (waiters instanceof ArrayList<?> several) {
      return several;
    }
    return waiters == null ? List.of() : List.of(waiters);
  }

  /** Adds a waiter to a pending future. */
  @SuppressWarnings("unchecked")
  final void addWaiter(Object waiter) {
    if (content == null) {
      content = waiter;
    } else if (content instanceof ArrayList<?> several) {
      ((ArrayList<Object>) several).add(waiter);
    } else {
      var several = new ArrayList<Object>(2);
      several.add(content);
      several.add(waiter);
      content = several;
    }
  }

  /** Marks the failure as retrieved, so that it is not reported. Never suspends. Loop thread only. */
  protected final void markRetrieved() {
    if (state == FAILED && content instanceof UnretrievedFailure unretrieved) {
      content = unretrieved.failure;
      unretrieved.retrieved();
    }
  }

  /**
   * Returns a {@code CompletableFuture} for code outside of the loop. It completes when this future is done, and
   * cancelling it cancels this future. Never suspends. Loop thread only; any thread may use the result.
   *
   * @return a new {@code CompletableFuture}
   */
  public final CompletableFuture<T> toCompletableFuture() {
    var completable = new CompletableFuture<T>();
    link(completable);
    return completable;
  }

  /**
   * Completes {@code completable} when this future is done, and cancels this future when {@code completable} is
   * cancelled.
   */
  final void link(CompletableFuture<T> completable) {
    addDoneCallback(done -> {
      if (done.cancelled()) {
        completable.cancel(false);
      } else if (done.exception().isPresent()) {
        completable.completeExceptionally(done.exception().get());
      } else {
        completable.complete(done.result());
      }
    });
    completable.whenComplete((result, failure) -> {
      if (completable.isCancelled()) {
        loop.completeFromAnywhere(this::cancel);
      }
    });
  }

  @Override
  public String toString() {
    return kind() + "[" + describe() + loop.origins().describe(this) + "]";
  }

  /** Returns whether the other object is this future. Never suspends. Any thread. */
  @Override
  public final boolean equals(Object other) {
    return this == other;
  }

  @Override
  public final int hashCode() {
    return System.identityHashCode(this);
  }

  /** Returns the word for this kind of future in texts. */
  String kind() {
    return getClass().getSimpleName();
  }

  /** Returns the state as text, without the result, which may be large or contain this future. */
  String describe() {
    Object what = content instanceof UnretrievedFailure unretrieved ? unretrieved.failure : content;
    return state == FAILED && what instanceof Throwable failure
        ? "failed with " + failure.getClass().getName()
        : NAMES[state];
  }
}
