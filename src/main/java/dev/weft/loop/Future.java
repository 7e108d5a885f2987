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

/**
 * A result that a loop is waiting for: asyncio's {@code Future}.
 *
 * <p>Belongs to one loop, and all its methods to that loop's thread; only {@link #toString} may be
 * called from anywhere. Completing it never runs anybody else's code: callbacks and waiting tasks go to
 * the loop's ready queue, in the order in which they came.
 *
 * <p>{@code java.util.concurrent} has a type of this name, too.
 * Where a file imports that package, {@code import dev.weft.loop.Future;} selects this one.
 *
 * @param <T> the type of the result
 */
public class Future<T> {

  // the states, as bytes: a Task has room for one beside its flags
  private static final byte PENDING = 0;
  private static final byte FINISHED = 1;
  private static final byte FAILED = 2;
  private static final byte CANCELLED = 3;
  private static final String[] NAMES = {"pending", "finished", "failed", "cancelled"};

  final BaseEventLoop loop;

  // loop thread only
  private byte state; // PENDING first

  // PENDING: who waits: null, a Task, a DoneCallback, an AwaitEdge, or an ArrayList of them
  // FINISHED: the result
  // FAILED: the throwable; until somebody has looked at it, its UnretrievedFailure
  // CANCELLED: error or message
  private Object content;

  /**
   * Creates a pending future; {@link EventLoop#createFuture} is the usual way.
   *
   * @param loop whose future it is; a loop of Weft's own
   */
  @SuppressWarnings("this-escape") // to where it is compared by identity, and kept weakly
  public Future(EventLoop loop) {
    this.loop = (BaseEventLoop) Objects.requireNonNull(loop, "loop");
    if (this.loop.getDebug()) {
      this.loop.origins().record(this);
    }
  }

  /** The loop that the future belongs to ({@code get_loop}). */
  public final EventLoop getLoop() {
    return loop;
  }

  /** Whether the future has a result, a failure or is cancelled ({@code done}). */
  public final boolean done() {
    return state != PENDING;
  }

  /** Whether the future is cancelled ({@code cancelled}). */
  public final boolean cancelled() {
    return state == CANCELLED;
  }

  /**
   * Parks the calling task until the future is done, then returns its result or throws its failure: the
   * very object, checked or not, which notes the caller ({@link AwaitedAt}). Asyncio's {@code await future}. Suspends,
   * unless the future is done.
   *
   * @throws IllegalStateException if the caller is not a task of the future's loop
   * @throws CancelledError if the task or the future is cancelled
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
   * The result ({@code result}). Never suspends.
   *
   * @return what the future was completed with; null if that was null
   * @throws InvalidStateException if the future is pending
   * @throws CancelledError if the future is cancelled
   */
  @SuppressWarnings("unchecked")
  public final T result() {
    if (state == FINISHED) {
      return (T) content;
    }
    Throwable failure = failure();
    throw Throwables.rethrow(failure);
  }

  /**
   * The failure, if the future has failed ({@code exception}). Never suspends.
   *
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
   * The error that cancelled the future goes to the first who looks; later ones get another, without the
   * message, as in asyncio.
   */
  private CancelledError takeCancelledError() {
    if (state == CANCELLED && content instanceof CancelledError error) {
      content = null;
      return error;
    }
    return new CancelledError(cancelMessage());
  }

  /** What the request to cancel has said; null for nothing, and if there was none. */
  String cancelMessage() {
    if (state != CANCELLED) {
      return null;
    }
    return content instanceof CancelledError error ? error.getMessage() : (String) content;
  }

  /**
   * The error of a future that was cancelled, or was asked to be and has not complied. Counts as a look.
   */
  protected static CancelledError cancellationOf(Future<?> future) {
    return future.takeCancelledError();
  }

  /** The message of the error that the next to look at a cancelled future would get; null for none. */
  protected static String cancelMessageOf(Future<?> future) {
    return future.cancelMessage();
  }

  /**
   * Completes the future ({@code set_result}).
   *
   * @param result null if there is nothing to tell
   * @throws InvalidStateException if the future is done
   */
  public void setResult(T result) {
    complete(FINISHED, result);
  }

  /**
   * Fails the future ({@code set_exception}). If nobody ever looks at the failure, it is reported to the
   * loop's exception handler.
   *
   * @throws InvalidStateException if the future is done
   */
  public void setException(Throwable failure) {
    fail(Objects.requireNonNull(failure, "failure"));
  }

  /** As {@link #cancel(String)}, without a message. */
  public final boolean cancel() {
    return cancel(null);
  }

  /**
   * Cancels the future ({@code cancel}). Runs nobody's code.
   *
   * @param message what the {@link CancelledError} is to say; null for nothing
   * @return false if the future was done
   */
  public boolean cancel(String message) {
    markRetrieved();
    if (state != PENDING) {
      return false;
    }
    complete(CANCELLED, message);
    return true;
  }

  final void finish(T result) {
    complete(FINISHED, result);
  }

  final void fail(Throwable failure) {
    checkCanComplete();
    complete(FAILED, loop.unretrieved().add(this, failure));
  }

  /** Ends as cancelled, with the error that the first one to look shall see. */
  final void finishCancelled(CancelledError error) {
    complete(CANCELLED, error);
  }

  final void finishCancelled(String message) {
    complete(CANCELLED, message);
  }

  private void checkCanComplete() {
    if (state != PENDING) {
      throw new InvalidStateException("the future is done already: " + this);
    }
    loop.checkCanUse("completing ", this);
  }

  private void complete(byte end, Object with) {
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

  /** Who waits for this future: see {@link CallGraph}. */
  final Set<Future<?>> awaitedBy() {
    var awaitedBy = new LinkedHashSet<Future<?>>();
    Object waiters = waiters();
    List<?> all = waiters instanceof ArrayList<?> several
        ? several
        : waiters == null ? List.of() : List.of(waiters);
    for (Object waiter : all) {
      if (waiter instanceof Task<?> task) {
        awaitedBy.add(task);
      } else if (waiter instanceof AwaitEdge edge) {
        awaitedBy.add(edge.waiter());
      }
    }
    return awaitedBy;
  }

  /**
   * Registers a callback to be run once the future is done, by way of the ready queue, also if it is
   * done already ({@code add_done_callback}).
   *
   * @param callback gets this future
   */
  public final void addDoneCallback(Consumer<? super Future<T>> callback) {
    addDoneCallback(callback, Context.bindings());
  }

  /** As {@link #addDoneCallback(Consumer)}, in the context given. */
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
   * Removes a callback ({@code remove_done_callback}).
   *
   * @return how many registrations of it there were; 0 if the future is done
   */
  public final int removeDoneCallback(Consumer<? super Future<T>> callback) {
    Objects.requireNonNull(callback, "callback");
    return removeWaiters(waiter -> isFor(waiter, callback));
  }

  final int removeWaiters(Predicate<Object> removed) {
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

  /** Takes out one that {@link #addWaiter} has put in, without any call that needs much of a stack. */
  final void removeWaiter(Object waiter) {
    Object waiters = waiters();
    if (waiters instanceof ArrayList<?> several) {
      several.remove(waiter);
    } else if (waiters == waiter) {
      content = null;
    }
  }

  /** Whether somebody waits for this future, or has a callback for its end. */
  final boolean hasWaiters() {
    return waiters() != null;
  }

  private Object waiters() {
    return state == PENDING ? content : null;
  }

  private static boolean isFor(Object waiter, Consumer<?> callback) {
    return waiter instanceof DoneCallback<?> done && done.callback.equals(callback);
  }

  /** To a future that is pending. */
  @SuppressWarnings("unchecked")
  final void addWaiter(Object waiter) {
    if (content == null) {
      content = waiter;
    } else if (content instanceof ArrayList<?> several) {
      ((ArrayList<Object>) several).add(waiter);
    } else {
      var several =
          new ArrayList<Object>(2); // a task and one that waits in a roundabout way, mostly
      several.add(content);
      several.add(waiter);
      content = several;
    }
  }

  /** Says that somebody has seen the failure, so that it need not be reported. */
  protected final void markRetrieved() {
    if (state == FAILED && content instanceof UnretrievedFailure unretrieved) {
      content = unretrieved.failure;
      unretrieved.retrieved();
    }
  }

  /**
   * A {@code CompletableFuture} for code that is not on the loop: completed when this future is. Its
   * {@code cancel} cancels this future. Never suspends.
   */
  public final CompletableFuture<T> toCompletableFuture() {
    var completable = new CompletableFuture<T>();
    link(completable);
    return completable;
  }

  /** Completes {@code completable} when this future is done, and cancels this future with it. */
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
    return getClass().getSimpleName() + "[" + describe() + loop.origins().describe(this) + "]";
  }

  /** Futures are equal to themselves alone. */
  @Override
  public final boolean equals(Object other) {
    return this == other;
  }

  @Override
  public final int hashCode() {
    return System.identityHashCode(this);
  }

  /** State for people; does not print results, which may be large, or print this future again. */
  String describe() {
    Object what = content instanceof UnretrievedFailure unretrieved ? unretrieved.failure : content;
    return state == FAILED && what instanceof Throwable failure
        ? "failed with " + failure.getClass().getName()
        : NAMES[state];
  }
}
