package dev.weft.loop;

import dev.weft.carrier.NativeCalls;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One of the process's signals and its receiver. The receivers are all loops that have a handler; otherwise the run
 * that has taken the signal ({@link Interruption}); otherwise the handler that the JVM or the program has set.
 *
 * <p>Weft uses {@code sun.misc.Signal}, which all JDKs support. The class is called by reflection, because javac's
 * warning about it cannot be suppressed. Any thread.
 */
final class ProcessSignal implements Runnable {

  /** The names of signals. The JVM finds a signal only by its name. */
  private static final List<String> NAMES = List.of(
      "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
      "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
      "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS", "EMT", "INFO", "BREAK");

  /** The signals that the JVM would hand over although it needs them: faults, and those that stop its threads. */
  private static final Set<String> JVM_NEEDS = Set.of("BUS", "TRAP", "USR2");

  private static final long DEFAULT = 0; // SIG_DFL

  private static final Map<Integer, ProcessSignal> FOUND = new ConcurrentHashMap<>();

  private final String name;
  private final Object signal;
  private final Object ours;

  // guarded by this
  private final Map<EventLoop, Runnable> handlers = new LinkedHashMap<>();
  private @Nullable Taken taken; // by a run; null if by none
  private @Nullable Object
      before; // the handler that Weft replaced; null while Weft does not handle the signal

  private ProcessSignal(String name, Object signal) {
    this.name = name;
    this.signal = signal;
    this.ours = Jvm.handler(this);
  }

  /**
   * Finds a signal by its name, with or without SIG.
   *
   * @throws IllegalArgumentException if there is no such signal
   */
  static ProcessSignal of(String signal) {
    String name = Objects.requireNonNull(signal, "signal");
    name = name.startsWith("SIG") ? name.substring(3) : name;
    Object found = Jvm.signal(name);
    if (found == null) {
      throw new IllegalArgumentException("signal: there is no " + signal + " here");
    }
    return of(name, found);
  }

  /**
   * Finds a signal by its number.
   *
   * @throws IllegalArgumentException if there is no such signal, or it has no name
   */
  static ProcessSignal of(int signal) {
    for (String name : NAMES) {
      Object found = Jvm.signal(name);
      if (found != null && Jvm.number(found) == signal) {
        return of(name, found);
      }
    }
    throw new IllegalArgumentException("signal: the JVM has no name for " + signal);
  }

  /** Returns the one object for a signal, because some signals have two names. */
  private static ProcessSignal of(String name, Object signal) {
    int number = Jvm.number(signal);
    FOUND.putIfAbsent(number, new ProcessSignal(name, signal));
    return FOUND.get(number);
  }

  /**
   * Gives the signal to a loop's handler, in place of the loop's earlier handler.
   *
   * @param handler runs on a thread of the JVM; must not block
   * @throws IllegalArgumentException if the JVM or the system does not allow it
   */
  synchronized void add(EventLoop loop, Runnable handler) {
    if (JVM_NEEDS.contains(name)) {
      throw new IllegalArgumentException("signal: the JVM needs " + this + " for itself");
    }
    Object found = set(ours);
    if (found == Jvm.IGNORE && !isSet()) {
      stopIgnoring();
    }
    if (found != ours) {
      before = found;
    }
    handlers.put(loop, handler);
  }

  /**
   * Returns whether the JVM has set Weft's handler. While the process ignores SIGHUP, SIGINT or SIGTERM, the JVM
   * accepts a handler for the signal but does not set it.
   */
  private boolean isSet() {
    return set(ours) == ours;
  }

  /** Restores the system's default handling, so that the JVM sets Weft's handler. */
  private void stopIgnoring() {
    if (!NativeCalls.isAvailable()) {
      set(Jvm.IGNORE); // otherwise the JVM would believe that Weft's handler is set
      throw new IllegalArgumentException("signal: this process ignores " + this
          + ", perhaps since it was started (nohup, trap, or & in a script), and the JVM does not hand it"
          + " over then. It does on JDK 22 or later, started with --enable-native-access=ALL-UNNAMED"
          + " (or =dev.weft on the module path)");
    }
    new NativeCalls.Function("signal").call(Jvm.number(signal), DEFAULT);
    set(ours);
  }

  /**
   * Removes a loop's handler.
   *
   * @return whether it had one
   */
  synchronized boolean remove(EventLoop loop) {
    boolean removed = handlers.remove(loop) != null;
    restoreIfUnused();
    return removed;
  }

  /**
   * Gives the signal to a run as long as no loop has a handler.
   *
   * @return the right to handle the signal; empty if the process ignores it, or other code than the JVM handles it
   */
  synchronized Optional<Signals.Taken> takeDefault(Runnable handler) {
    Object found = set(ours); // the only way to read the handler is to set another
    Object other = found == ours ? Objects.requireNonNull(before) : found;
    if (!isDefault(other)) {
      set(found);
      return Optional.empty();
    }
    before = other;
    taken = new Taken(handler);
    return Optional.of(taken);
  }

  private static boolean isDefault(Object handler) {
    return handler.getClass().getName().startsWith("sun.misc.") && handler != Jvm.IGNORE;
  }

  private void restoreIfUnused() {
    if (before == null || taken != null || !handlers.isEmpty()) {
      return;
    }
    Object found = set(before);
    if (found != ours) { // the program has set another handler meanwhile
      set(found);
    }
    before = null;
  }

  private Object set(Object handler) {
    try {
      return Jvm.HANDLE.apply(signal, handler);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "signal: the JVM or the system does not hand over " + this, e);
    }
  }

  /** Handles the signal, on a thread of the JVM. */
  @Override
  public void run() {
    Taken run;
    synchronized (this) {
      if (!handlers.isEmpty()) {
        handlers.values().forEach(Runnable::run);
        return;
      }
      run = taken;
    }
    if (run != null) {
      run.handler.run(); // the handler has a lock of its own, and gives the signal back within it
    } else {
      raise(); // the last handler was removed meanwhile
    }
  }

  private void raise() {
    try {
      Jvm.raise(signal);
    } catch (IllegalArgumentException notHandledInJava) {
      // the signal is dropped, as in asyncio if it comes while its handler is removed
    }
  }

  @Override
  public String toString() {
    return "SIG" + name;
  }

  private final class Taken implements Signals.Taken {

    private final Runnable handler;

    private Taken(Runnable handler) {
      this.handler = handler;
    }

    @Override
    public void giveBack() {
      synchronized (ProcessSignal.this) {
        if (taken == this) {
          taken = null;
          restoreIfUnused();
        }
      }
    }

    @Override
    public void raise() {
      giveBack();
      ProcessSignal.this.raise();
    }
  }

  /**
   * Calls {@code sun.misc.Signal} through lambdas that it creates. Reflection would delay the start of each program by
   * some 5 ms for each method, and a proxy by 25 ms.
   */
  private static final class Jvm {

    static final Object IGNORE;
    static final BinaryOperator<Object> HANDLE;
    private static final MethodHandle RAISE; // a plain method handle, because few programs use it
    private static final MethodHandle HANDLER_OF;
    private static final UnaryOperator<Object> CONSTRUCTOR;
    private static final ToIntFunction<Object> NUMBER;

    static {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        var lookup = MethodHandles.lookup();
        IGNORE = lookup.findStaticGetter(handler, "SIG_IGN", handler).invoke();
        HANDLE = lambda(
            BinaryOperator.class,
            "apply",
            lookup.findStatic(signal, "handle", MethodType.methodType(handler, signal, handler)));
        RAISE = lookup.findStatic(signal, "raise", MethodType.methodType(void.class, signal));
        HANDLER_OF = handlerOf(lookup, signal, handler);
        CONSTRUCTOR = lambda(
            UnaryOperator.class,
            "apply",
            lookup.findConstructor(signal, MethodType.methodType(void.class, String.class)));
        NUMBER = lambda(
            ToIntFunction.class,
            "applyAsInt",
            lookup.findVirtual(signal, "getNumber", MethodType.methodType(int.class)));
      } catch (Throwable e) {
        throw new LinkageError("sun.misc.Signal cannot be used", e);
      }
    }

    /** Creates what javac creates for a method reference. */
    @SuppressWarnings("unchecked") // the methods take and return only objects
    private static <T> T lambda(Class<? super T> type, String method, MethodHandle target)
        throws Throwable {
      return (T) LambdaMetafactory.metafactory(
              MethodHandles.lookup(),
              method,
              MethodType.methodType(type),
              target.type().erase(),
              target,
              target.type())
          .getTarget()
          .invoke();
    }

    /** Returns the signal that has a name, or null if there is none. */
    static @Nullable Object signal(String name) {
      try {
        return CONSTRUCTOR.apply(name);
      } catch (IllegalArgumentException unknown) {
        return null;
      }
    }

    static int number(Object signal) {
      return NUMBER.applyAsInt(signal);
    }

    /** Raises a signal. */
    static void raise(Object signal) {
      try {
        RAISE.invoke(signal);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e); // the method declares no exception
      }
    }

    /** Returns a handler that runs {@code code}. */
    static Object handler(Runnable code) {
      try {
        return (Object) HANDLER_OF.invoke(code);
      } catch (Throwable e) {
        throw new LinkageError("sun.misc.Signal cannot be used", e);
      }
    }

    /** Returns the function that wraps a {@code Runnable} as a handler. */
    private static MethodHandle handlerOf(
        MethodHandles.Lookup lookup, Class<?> signal, Class<?> handler) throws Throwable {
      var run = lookup.findStatic(
          Jvm.class, "run", MethodType.methodType(void.class, Runnable.class, Object.class));
      var factory = MethodType.methodType(handler, Runnable.class);
      var handle = MethodType.methodType(void.class, signal);
      return LambdaMetafactory.metafactory(lookup, "handle", factory, handle, run, handle)
          .getTarget();
    }

    private static void run(Runnable code, Object signal) {
      code.run();
    }
  }
}
