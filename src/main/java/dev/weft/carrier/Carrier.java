package dev.weft.carrier;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of one loop's virtual threads. Their continuations run on one platform thread, in the order of the
 * loop's ready queue. That thread is the carrier between its calls of {@link #enter} and {@link #exit}. "Carrier only"
 * stands at methods that the carrier and the virtual threads that it runs may call.
 *
 * <p>The JDK calls {@link #execute} synchronously in whatever thread starts or unparks a virtual thread: the carrier,
 * one of its tasks, a foreign thread, a timer of the JDK. It must only enqueue. Running inline would nest
 * continuations, blocking would stop the caller, and rejecting would leave the virtual thread suspended for ever.
 */
public final class Carrier implements Executor {

  private static final ConcurrentMap<Thread, Carrier> RUNNING = new ConcurrentHashMap<>();

  /** The maximum number of virtual threads that are suspended at once because each has started another in its place. */
  private static final int MAXIMUM_DEPTH = 10_000;

  private final ReadyQueue<Object> ready;
  private final Object owner;
  private final Thread.Builder.OfVirtual builder;

  // Only the carrier thread writes it. A plain field is enough: another thread may read an old
  // value, but never itself,
  // because only that thread can have written its own identity.
  private @Nullable Thread thread;

  // carrier only
  private boolean capturing;

  @SuppressWarnings("NullAway.Init") // set by execute when a continuation is to be captured
  private Runnable captured;

  private @Nullable Runnable handover;
  private final ArrayList<Runnable> callers = new ArrayList<>(); // suspended, the innermost last
  private boolean waking;
  private final Guests guests = new Guests();

  private final Pollers pollers = new Pollers();

  /**
   * Creates a carrier that no thread has entered yet. Any thread.
   *
   * @param ready the queue that gets the continuations
   * @param owner the object that {@link #currentOwner} returns on this carrier, such as its loop
   * @throws IllegalStateException if Weft has no access to {@code java.lang}; the message says how to give it
   * @throws UnsupportedOperationException if this version of Weft does not support the running JDK
   */
  public Carrier(ReadyQueue<Object> ready, Object owner) {
    this.ready = ready;
    this.owner = owner;
    this.builder = VirtualThreads.builder(this);
  }

  /**
   * Logs bugs of the running JDK that concern Weft, and how Weft reaches its internals. Logs nothing if SLF4J has no
   * provider. Any thread.
   */
  public static void logJdk() {
    KnownBugs.warn();
    Inside.tell();
  }

  /** {@return the owner of the carrier that runs the caller, or null if no carrier runs it} Any thread. */
  public static @Nullable Object currentOwner() {
    Carrier carrier = RUNNING.get(VirtualThreads.currentCarrierThread());
    return carrier == null ? null : carrier.owner;
  }

  /**
   * Makes the calling platform thread the carrier.
   *
   * @throws IllegalStateException if the caller is a virtual thread, or a carrier already
   */
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

  /** Ends what {@link #enter} began. From then on continuations wait in the queue. Carrier thread only. */
  public void exit() {
    RUNNING.remove(thread, this);
    thread = null;
  }

  /** {@return whether the caller is the carrier thread or a virtual thread that it runs} Any thread. */
  public boolean isCurrent() {
    return VirtualThreads.currentCarrierThread() == thread;
  }

  /**
   * Creates a virtual thread of this carrier. Any thread.
   *
   * @param body the code that the thread runs; {@link Fiber#current} returns it there
   * @param name the thread's name; empty for none
   * @return the thread, not started
   */
  public Thread newThread(Fiber body, String name) {
    // a builder serves one thread at a time
    var free = isCurrent() ? builder : VirtualThreads.builder(this);
    return free.name(name).uncaughtExceptionHandler(body).unstarted(body);
  }

  /**
   * Starts a virtual thread. Carrier only.
   *
   * @param own a thread that {@link #newThread} created
   */
  public void start(Thread own) {
    waking = true;
    try {
      own.start();
    } finally {
      waking = false;
    }
  }

  /**
   * Unparks a virtual thread. Carrier only.
   *
   * @param own a thread that {@link #newThread} created
   */
  public void wake(Thread own) {
    waking = true;
    try {
      LockSupport.unpark(own);
    } finally {
      waking = false;
    }
  }

  /**
   * Finds the live virtual threads on this carrier that Weft did not create. Code on the loop has started them through
   * the JDK's API, so they have inherited the scheduler. Carrier only.
   *
   * @return the threads, in the order in which they were found
   */
  public List<Thread> guests() {
    return guests.alive();
  }

  /**
   * Starts a virtual thread without queueing it. Carrier only.
   *
   * @param unstarted a thread that {@link #newThread} created
   * @return its continuation, which the caller runs
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
   * Suspends the calling virtual thread without queueing it. The carrier has its continuation from
   * {@link #startCaptured} and may run it again at any time. A pinned caller does not suspend.
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
   * Starts a virtual thread and runs it until it first suspends. The calling virtual thread of this carrier is
   * suspended meanwhile and then continues ahead of the queue. A pinned caller cannot suspend; the new thread is queued
   * then.
   *
   * @param unstarted a thread that {@link #newThread} created
   * @throws StackOverflowError if too many threads have started one another this way and none of them has continued
   */
  public void startInPlace(Thread unstarted) {
    if (callers.size() >= MAXIMUM_DEPTH) {
      throw new StackOverflowError(
          "tasks have started each other eagerly, " + MAXIMUM_DEPTH + " deep");
    }
    // here, so that the carrier does not run out of memory when it adds the caller
    callers.ensureCapacity(callers.size() + 1);
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
   * Runs code on the carrier's platform thread. The calling virtual thread of this carrier is suspended meanwhile and
   * then continues ahead of the queue. Code that blocks blocks the loop. A pinned caller runs the code itself.
   *
   * @param code the code; it throws nothing
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

  /**
   * Runs a continuation, then the threads that it starts in its place. Carrier thread only.
   *
   * @param continuation an entry of the ready queue, or the result of {@link #startCaptured}
   */
  public void run(Runnable continuation) {
    continuation.run();
    if (handover != null) {
      runInPlace();
    }
  }

  /** Runs handovers in a loop. Recursion would let threads that start each other use up the carrier's stack. */
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
      while (!callers.isEmpty()) { // the JVM has failed: no other code would run them
        ready.add(callers.removeLast());
      }
    }
  }

  /** Enqueues a continuation. Never runs it inline, never blocks and never rejects. Any thread. */
  @Override
  public void execute(Runnable continuation) {
    if (isCurrent()) {
      if (capturing) {
        capturing = false;
        captured = continuation;
      } else if (waking || !Thread.currentThread().isVirtual()) {
        ready.add(continuation);
      } else { // user code has started or unparked the thread
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
