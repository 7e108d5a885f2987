package dev.weft.carrier;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of one loop's virtual threads: their continuations run on one platform thread, the
 * thread inside {@link #enter} and {@link #exit}, in the order of the loop's ready queue.
 *
 * <p>The JDK calls {@link #execute} synchronously in whatever thread starts or unparks a virtual thread:
 * the carrier, one of its tasks, a foreign thread, a JDK timer. It must only enqueue. Running inline
 * would nest continuations; blocking would stop the caller; rejecting would strand the virtual thread
 * for ever.
 */
public final class Carrier implements Executor {

  private static final ConcurrentMap<Thread, Carrier> RUNNING = new ConcurrentHashMap<>();

  /** How many virtual threads may stand still at once, each for the one that it has started in its place. */
  private static final int MAXIMUM_DEPTH = 10_000;

  private final ReadyQueue<Object> ready;
  private final Object owner;
  private final Thread.Builder.OfVirtual builder;

  // Written by the carrier thread alone. A plain field will do: another thread may read an old
  // value, but never its own identity, which only itself could have written.
  private @Nullable Thread thread;

  // carrier only
  private boolean capturing;

  @SuppressWarnings("NullAway.Init") // set by execute when a continuation is to be captured
  private Runnable captured;

  private @Nullable Runnable handover;
  private final ArrayList<Runnable> callers =
      new ArrayList<>(); // they stand still, the innermost last
  private boolean waking;
  private final Guests guests = new Guests();

  private final Pollers pollers = new Pollers();

  /**
   * @param ready where continuations go
   * @param owner whom this carrier works for: what {@link #currentOwner} finds
   * @throws IllegalStateException if Weft has no access to {@code java.lang}; says how to give it
   */
  public Carrier(ReadyQueue<Object> ready, Object owner) {
    this.ready = ready;
    this.owner = owner;
    this.builder = VirtualThreads.builder(this);
  }

  /** Logs what there is to say of the JDK that runs Weft, if SLF4J has a provider. Any thread. */
  public static void logJdk() {
    KnownBugs.warn();
    Inside.tell();
  }

  /** The owner of the carrier that runs the caller; null if no running carrier does. */
  public static @Nullable Object currentOwner() {
    Carrier carrier = RUNNING.get(VirtualThreads.currentCarrierThread());
    return carrier == null ? null : carrier.owner;
  }

  /** Makes the calling platform thread the carrier. */
  public void enter() {
    Thread current = Thread.currentThread();
    if (current.isVirtual()) {
      throw new IllegalStateException("a virtual thread cannot be a carrier: " + current);
    }
    if (RUNNING.putIfAbsent(current, this) != null) {
      throw new IllegalStateException("the thread is a carrier already: " + current);
    }
    thread = current;
  }

  /** Ends what {@link #enter} began; continuations now wait in the queue. */
  public void exit() {
    RUNNING.remove(thread, this);
    thread = null;
  }

  /** Whether the caller runs on this carrier, itself or one of its virtual threads. */
  public boolean isCurrent() {
    return VirtualThreads.currentCarrierThread() == thread;
  }

  /**
   * Creates a virtual thread of this carrier.
   *
   * @param body what it runs, and its identity
   * @param name the thread's name; empty for none
   */
  public Thread newThread(Fiber body, String name) {
    // a builder is for one thread at a time
    var free = isCurrent() ? builder : VirtualThreads.builder(this);
    return free.name(name).uncaughtExceptionHandler(body).unstarted(body);
  }

  /** Starts a virtual thread of {@link #newThread}. */
  public void start(Thread own) {
    waking = true;
    try {
      own.start();
    } finally {
      waking = false;
    }
  }

  /** Unparks a virtual thread of {@link #newThread}. */
  public void wake(Thread own) {
    waking = true;
    try {
      LockSupport.unpark(own);
    } finally {
      waking = false;
    }
  }

  /**
   * The virtual threads on this carrier that are none of Weft's, as far as they have not ended: code on the
   * loop has started them by the JDK's own API, and they have inherited the scheduler. Carrier only.
   */
  public List<Thread> guests() {
    return guests.alive();
  }

  /**
   * Starts a virtual thread without queueing it; carrier thread only.
   *
   * @return its continuation, for the caller to run
   */
  public Runnable startCaptured(Thread unstarted) {
    capturing = true;
    try {
      unstarted.start();
    } finally {
      capturing = false;
    }
    return captured;
  }

  /**
   * Hands control back to the carrier without queueing the calling virtual thread, whose continuation
   * the carrier got from {@link #startCaptured} and may run again at any time.
   */
  public void yieldCaptured() {
    capturing = true;
    try {
      Thread.yield();
    } finally {
      capturing = false; // still set if the caller is pinned, or out of stack
    }
  }

  /**
   * Runs a virtual thread up to where it first suspends, while the calling one stands still and then goes
   * on, ahead of the queue; to be called by a virtual thread of this carrier. A caller that is pinned
   * cannot stand still: then the new thread is queued like any other.
   *
   * @throws StackOverflowError if threads have started each other in their places without end
   */
  public void startInPlace(Thread unstarted) {
    if (callers.size() >= MAXIMUM_DEPTH) {
      throw new StackOverflowError(
          "tasks have started each other eagerly, " + MAXIMUM_DEPTH + " deep");
    }
    callers.ensureCapacity(
        callers.size() + 1); // the carrier itself must not run out of memory there
    handover = startCaptured(unstarted);
    try {
      yieldCaptured();
      if (handover != null) { // pinned, and still here
        ready.add(handover);
      }
    } finally {
      handover = null;
    }
  }

  /**
   * Runs code on the carrier's platform thread, while the calling virtual thread of this carrier stands still and then
   * goes on, ahead of the queue: what blocks there blocks the loop. A caller that is pinned runs it itself.
   */
  public void standStillFor(Runnable code) {
    callers.ensureCapacity(callers.size() + 1); // as in startInPlace
    handover = code;
    try {
      yieldCaptured();
      if (handover != null) { // pinned, and still here
        code.run();
      }
    } finally {
      handover = null;
    }
  }

  /** Runs a continuation and what it starts in its place; carrier thread only. */
  public void run(Runnable continuation) {
    continuation.run();
    if (handover != null) {
      runInPlace();
    }
  }

  /** A loop and no recursion: threads that start each other in their places must not use up the carrier's stack. */
  private void runInPlace() {
    try {
      do {
        if (handover != null) {
          Runnable started = handover;
          handover = null;
          callers.add(captured);
          started.run();
        } else {
          callers.removeLast().run();
        }
      } while (handover != null || !callers.isEmpty());
    } finally {
      while (!callers.isEmpty()) { // the JVM has failed: nobody else would go on with them
        ready.add(callers.removeLast());
      }
    }
  }

  /** Enqueues a continuation. Never runs it inline, never blocks, never rejects. */
  @Override
  public void execute(Runnable continuation) {
    if (isCurrent()) {
      if (capturing) {
        capturing = false;
        captured = continuation;
      } else if (waking || !Thread.currentThread().isVirtual()) {
        ready.add(continuation);
      } else { // started, or woken, by somebody's code
        addForeign(continuation);
      }
    } else if (!pollers.run(continuation) && !ready.offer(continuation)) {
      LateCarrier.run(continuation);
    }
  }

  private void addForeign(Runnable continuation) {
    Thread foreign = VirtualThreads.threadOf(continuation);
    Thread.UncaughtExceptionHandler handler =
        foreign == null ? null : foreign.getUncaughtExceptionHandler();
    if (foreign == null || handler == null || handler instanceof Fiber) {
      ready.add(continuation);
    } else if (!pollers.run(continuation, handler)) {
      ready.add(continuation);
      guests.note(foreign);
    }
  }
}
