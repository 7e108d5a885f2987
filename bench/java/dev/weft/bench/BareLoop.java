package dev.weft.bench;

import dev.weft.carrier.JdkInternals;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * The minimal loop that Weft is compared with: virtual threads on one carrier, with a deque of ready threads and an
 * inbox for other threads. It has no tasks, futures, contexts, timers, I/O or cancellation, and no order between the
 * two queues.
 */
final class BareLoop implements Executor {

  private static final MethodHandle BUILDER;
  private static final MethodHandle CURRENT_CARRIER;

  static {
    try {
      MethodHandles.Lookup java = JdkInternals.of(Thread.class);
      BUILDER = java.findConstructor(
              Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder"),
              MethodType.methodType(void.class, Executor.class))
          .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
      CURRENT_CARRIER = java.findStatic(
          Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Thread.Builder.OfVirtual builder;
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<Runnable> inbox = new ConcurrentLinkedQueue<>();
  private Thread carrier;
  private boolean done;

  BareLoop() {
    try {
      builder = (Thread.Builder.OfVirtual) BUILDER.invokeExact((Executor) this);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  Thread unstarted(Runnable body) {
    return builder.unstarted(body);
  }

  Thread start(Runnable body) {
    return builder.start(body);
  }

  @Override
  public void execute(Runnable continuation) {
    if (currentCarrier() == carrier) {
      ready.add(continuation);
    } else {
      inbox.add(continuation);
      LockSupport.unpark(carrier);
    }
  }

  private static Thread currentCarrier() {
    try {
      return (Thread) CURRENT_CARRIER.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Runs {@code main} as a virtual thread whose carrier is the calling platform thread. */
  void run(Runnable main) {
    carrier = Thread.currentThread();
    done = false;
    start(() -> {
      main.run();
      done = true;
    });
    while (!done) {
      Runnable next = ready.poll();
      if (next != null) {
        next.run();
      } else if ((next = inbox.poll()) != null) {
        ready.add(next);
      } else {
        LockSupport.park();
      }
    }
  }

  /** The wait of the carrier when no thread is ready. */
  interface Poll {
    void poll() throws IOException;
  }

  /** Polls and runs the threads that the poll made ready, for ever. The calling platform thread is the carrier. */
  void serve(Poll poll) throws IOException {
    carrier = Thread.currentThread();
    while (true) {
      poll.poll();
      for (Runnable next; (next = ready.poll()) != null; ) {
        next.run();
      }
    }
  }
}
