package dev.weft.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The seam to the JDK: virtual threads whose scheduler is an executor of our choice.
 *
 * <p>The JDK has no public way to choose the scheduler of a virtual thread, but since 21 its builder
 * class has a package-private constructor that takes one. This class is the only place in the project
 * that knows it. It needs access to {@code java.lang}, see {@link Inside}.
 */
final class VirtualThreads {

  private static final @Nullable MethodHandle BUILDER;
  private static final @Nullable MethodHandle CURRENT_CARRIER_THREAD;
  private static final @Nullable VarHandle THREAD_OF; // null if this JDK hides the thread better

  // Kept, not thrown from the initialiser: every use must say what is wrong, not just the first.
  private static final @Nullable Exception UNAVAILABLE; // null if all is there

  // By a lookup, and as variables where it can be: reflection, and a method handle of another type,
  // would have the JDK make classes at each program's start.
  static {
    MethodHandle builder = null;
    MethodHandle currentCarrierThread = null;
    VarHandle threadOf = null;
    Exception unavailable = null;
    try {
      MethodHandles.Lookup java = Inside.of(Thread.class);
      try {
        builder = java.findConstructor(
                java.findClass("java.lang.ThreadBuilders$VirtualThreadBuilder"),
                MethodType.methodType(void.class, Executor.class))
            .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
        currentCarrierThread = java.findStatic(
            Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
        threadOf = findThreadOf();
        if (threadOf == null) {
          Pollers.initialize();
        }
      } catch (ReflectiveOperationException e) {
        unavailable = new UnsupportedOperationException(
            "Java " + Runtime.version() + " is not supported by this version of Weft", e);
      }
    } catch (IllegalAccessException e) {
      unavailable = e;
    }
    BUILDER = builder;
    CURRENT_CARRIER_THREAD = currentCarrierThread;
    THREAD_OF = threadOf;
    UNAVAILABLE = unavailable;
  }

  private VirtualThreads() {}

  /**
   * A builder of virtual threads whose continuations are given to {@code scheduler} to run.
   *
   * @throws IllegalStateException if Weft has no access to {@code java.lang}; says how to give it
   * @throws UnsupportedOperationException if this JDK's virtual threads are not those that Weft knows
   */
  @SuppressWarnings("NullAway") // there is one unless something is unavailable
  static Thread.Builder.OfVirtual builder(Executor scheduler) {
    if (UNAVAILABLE != null) {
      throw unavailable();
    }
    try {
      return (Thread.Builder.OfVirtual) BUILDER.invokeExact(scheduler);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The platform thread that carries the caller; the caller itself if it is a platform thread.
   *
   * @throws IllegalStateException as {@link #builder} does
   */
  @SuppressWarnings("NullAway") // without the handle, the failure says why
  static Thread currentCarrierThread() {
    try {
      return (Thread) CURRENT_CARRIER_THREAD.invokeExact();
    } catch (Throwable e) {
      if (UNAVAILABLE != null) { // asked only now, as this is called all the time
        throw unavailable();
      }
      throw new AssertionError(e);
    }
  }

  /** The virtual thread that a continuation belongs to; null if this JDK does not let us know. */
  static @Nullable Thread threadOf(Runnable continuation) {
    return THREAD_OF == null ? null : (Thread) THREAD_OF.get(continuation);
  }

  /** A continuation is a method reference of the JDK's, which holds its thread in the one field it has. */
  private static @Nullable VarHandle findThreadOf() {
    try {
      Thread sample = Thread.ofVirtual().unstarted(Thread.currentThread()); // will never run it
      var continuation = (Runnable) Inside.of(sample.getClass())
          .findVarHandle(sample.getClass(), "runContinuation", Runnable.class)
          .get(sample);
      for (Field held : continuation.getClass().getDeclaredFields()) {
        if (Thread.class.isAssignableFrom(held.getType())) {
          return Inside.of(continuation.getClass()).unreflectVarHandle(held);
        }
      }
      return null;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  /** A new one for each use, as each has its own caller. */
  @SuppressWarnings("NullAway") // called if it is not null
  private static RuntimeException unavailable() {
    return UNAVAILABLE instanceof IllegalAccessException closed
        ? MissingFlag.exception(closed)
        : new UnsupportedOperationException(UNAVAILABLE.getMessage(), UNAVAILABLE.getCause());
  }
}
