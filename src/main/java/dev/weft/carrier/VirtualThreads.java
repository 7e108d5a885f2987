package dev.weft.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Creates virtual threads whose scheduler is an executor of Weft's choice.
 *
 * <p>The JDK has no public API to choose the scheduler of a virtual thread. Since 21 its builder class has a
 * package-private constructor that takes one. Only this class knows that constructor. It needs access to
 * {@code java.lang}, which {@link Inside} gives.
 */
final class VirtualThreads {

  private static final @Nullable MethodHandle BUILDER;
  private static final @Nullable MethodHandle CURRENT_CARRIER_THREAD;
  private static final @Nullable VarHandle THREAD_OF; // null if this JDK hides the thread

  // Kept instead of thrown from the initialiser, so that each use reports the cause and not only
  // the first.
  private static final @Nullable Exception UNAVAILABLE; // null if everything was found

  // A lookup, and variable handles where possible. For reflection, and for method handles of other
  // types, the JDK would
  // generate classes at each program's start.
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
        Unparker.start();
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
   * Returns a builder of virtual threads. The JDK passes their continuations to {@code scheduler}, which runs them.
   *
   * @throws IllegalStateException if Weft has no access to {@code java.lang}; the message says how to give it
   * @throws UnsupportedOperationException if this version of Weft does not support the running JDK
   */
  @SuppressWarnings("NullAway") // BUILDER is null only if UNAVAILABLE is not
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
   * Returns the platform thread that carries the caller, or the caller itself if it is a platform thread.
   *
   * @throws IllegalStateException if Weft has no access to {@code java.lang}; the message says how to give it
   * @throws UnsupportedOperationException if this version of Weft does not support the running JDK
   */
  @SuppressWarnings("NullAway") // the catch clause reports a missing handle
  static Thread currentCarrierThread() {
    try {
      return (Thread) CURRENT_CARRIER_THREAD.invokeExact();
    } catch (Throwable e) {
      if (UNAVAILABLE != null) { // checked only here, because this method is on the hot path
        throw unavailable();
      }
      throw new AssertionError(e);
    }
  }

  /** Returns the virtual thread to which a continuation belongs, or null if this JDK hides it. */
  static @Nullable Thread threadOf(Runnable continuation) {
    return THREAD_OF == null ? null : (Thread) THREAD_OF.get(continuation);
  }

  /**
   * Finds the field of a continuation that has its thread. A continuation is a method reference, whose one field is the
   * thread.
   */
  private static @Nullable VarHandle findThreadOf() {
    try {
      Thread sample = Thread.ofVirtual().unstarted(Thread.currentThread()); // never started
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

  /** Creates the exception anew for each use, so that its trace shows the caller. */
  @SuppressWarnings("NullAway") // called only if UNAVAILABLE is not null
  private static RuntimeException unavailable() {
    return UNAVAILABLE instanceof IllegalAccessException closed
        ? MissingFlag.exception(closed)
        : new UnsupportedOperationException(UNAVAILABLE.getMessage(), UNAVAILABLE.getCause());
  }
}
