package dev.weft.it.endure;

import dev.weft.carrier.JdkInternals;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The counts, and the invariants between them. Any thread may write into it. The first violation ends the run, and
 * contains the number of the operation at which it was seen.
 */
final class Ledger {

  /** The counts. The counts of a pair are equal whenever the loop is at rest. */
  enum Count {
    CHORES,
    FRAMES,
    CONVERSATIONS,
    FAULTS,
    CONNECTIONS_MADE,
    CONNECTIONS_LOST,
    FUTURES_MADE,
    FUTURES_COMPLETED,
    FAILURES_TO_REPORT,
    FAILURES_REPORTED,
    FAILURES_DROPPED,
    FAILURES_FOUND,
    CALLBACKS_POSTED,
    CALLBACKS_RUN,
    CANCELLATIONS,
    TIMEOUTS,
    DATAGRAMS_SENT,
    DATAGRAMS_ANSWERED,
    RESETS,
    HANDSHAKES_FAILED,
    DESCRIPTORS_DENIED,
    STALLS
  }

  /** Which code receives an injected failure. */
  enum Heard {
    /** the exception handler, at once and once */
    BY_HANDLER,
    /** the exception handler, once, when the future has been collected */
    WHEN_COLLECTED,
    /** the code that awaits */
    BY_CALLER
  }

  /** An injected failure. */
  static final class Injected extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Heard heard;
    private final AtomicLong reports = new AtomicLong();

    private Injected(Heard heard) {
      super("injected, heard " + heard, null, false, false);
      this.heard = heard;
    }
  }

  private static final MethodHandle CURRENT_CARRIER = currentCarrier();

  private final Thread carrier;
  private final AtomicLongArray counts = new AtomicLongArray(Count.values().length);
  private final AtomicLong operations = new AtomicLong();
  private final AtomicReference<AssertionError> violation = new AtomicReference<>();

  /**
   * @param carrier the thread that runs the loop
   */
  Ledger(Thread carrier) {
    this.carrier = carrier;
  }

  // ---- counting

  /** Counts one of the operations of the run. */
  void operation(Count kind) {
    operations.getAndIncrement();
    count(kind);
  }

  long operations() {
    return operations.get();
  }

  void count(Count kind) {
    counts.getAndIncrement(kind.ordinal());
  }

  long get(Count kind) {
    return counts.get(kind.ordinal());
  }

  /** Follows a future to its end. */
  <F extends Future<?>> F track(F future) {
    count(Count.FUTURES_MADE);
    future.addDoneCallback(done -> {
      onCarrier();
      count(Count.FUTURES_COMPLETED);
    });
    return future;
  }

  // ---- failures

  /** A failure that is thrown once. */
  Injected failure(Heard heard) {
    switch (heard) {
      case BY_HANDLER -> count(Count.FAILURES_TO_REPORT);
      case WHEN_COLLECTED -> count(Count.FAILURES_DROPPED);
      case BY_CALLER -> {}
    }
    return new Injected(heard);
  }

  /** Takes a report of the loop's exception handler. */
  void report(ExceptionContext context) {
    Throwable error = context.exception().orElse(null);
    if (error instanceof Injected injected) {
      hold(
          injected.heard != Heard.BY_CALLER && injected.reports.incrementAndGet() == 1,
          "a report too many of a failure: " + context);
      count(injected.heard == Heard.BY_HANDLER ? Count.FAILURES_REPORTED : Count.FAILURES_FOUND);
    } else if (error instanceof IOException && context.message().startsWith("Error on transport")) {
      count(Count.HANDSHAKES_FAILED);
    } else if (isScarcity(error)) {
      count(Count.DESCRIPTORS_DENIED);
    } else {
      violate("an unexpected report: " + context, error);
    }
  }

  static boolean isScarcity(Throwable error) {
    return error instanceof IOException
        && String.valueOf(error.getMessage()).contains("Too many open files");
  }

  // ---- what must hold

  void hold(boolean condition, String what) {
    if (!condition) {
      violate(what, null);
    }
  }

  /** Asserts that the calling code runs on the loop. */
  void onCarrier() {
    if (carrying() != carrier) {
      violate("code of the loop runs on " + Thread.currentThread(), null);
    }
  }

  /** Asserts that the calling code does not run on the loop. */
  void offCarrier() {
    if (carrying() == carrier) {
      violate("code for other threads runs on the loop's", null);
    }
  }

  void violate(String what, Throwable cause) {
    violation.compareAndSet(
        null, new AssertionError("operation " + operations.get() + ": " + what, cause));
  }

  boolean isViolated() {
    return violation.get() != null;
  }

  void check() {
    if (isViolated()) {
      throw violation.get();
    }
  }

  /** Both counts of each pair are equal: all that began has ended, and nothing did so twice. */
  boolean isSettled() {
    return get(Count.CONNECTIONS_MADE) == get(Count.CONNECTIONS_LOST)
        && get(Count.FUTURES_MADE) == get(Count.FUTURES_COMPLETED)
        && get(Count.FAILURES_TO_REPORT) == get(Count.FAILURES_REPORTED)
        && get(Count.CALLBACKS_POSTED) == get(Count.CALLBACKS_RUN);
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    for (Count each : Count.values()) {
      text.append(
          String.format("  %-20s %,12d%n", each.name().toLowerCase().replace('_', ' '), get(each)));
    }
    return text.toString();
  }

  private static Thread carrying() {
    try {
      return (Thread) CURRENT_CARRIER.invokeExact();
    } catch (Throwable error) {
      throw new AssertionError(error);
    }
  }

  private static MethodHandle currentCarrier() {
    try {
      return JdkInternals.of(Thread.class)
          .findStatic(Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
