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

/**
 * One of the process's signals, and who gets it: every loop that has a handler; if none has, the run that
 * has taken it ({@link Interruption}); else what the JVM or the program has set.
 *
 * <p>By way of {@code sun.misc.Signal}: supported by all JDKs, but javac warns of it in a way that cannot be
 * silenced, hence reflection. Any thread.
 */
final class ProcessSignal implements Runnable {

  /** Those that have a name; the JVM takes nothing but names. */
  private static final List<String> NAMES = List.of(
      "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
      "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
      "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS", "EMT", "INFO", "BREAK");

  /** Those that the JVM would give away, but cannot do without: faults, and how it stops its threads. */
  private static final Set<String> JVM_NEEDS = Set.of("BUS", "TRAP", "USR2");

  private static final long DEFAULT = 0; // SIG_DFL

  private static final Map<Integer, ProcessSignal> FOUND = new ConcurrentHashMap<>();

  private final String name;
  private final Object signal;
  private final Object ours;

  // guarded by this
  private final Map<EventLoop, Runnable> handlers = new LinkedHashMap<>();
  private Taken taken; // by a run; null if by none
  private Object before; // what is to get it after us; null while we do not get it

  private ProcessSignal(String name, Object signal) {
    this.name = name;
    this.signal = signal;
    this.ours = Jvm.handler(this);
  }

  /**
   * Finds a signal by its name, with or without SIG.
   *
   * @throws IllegalArgumentException if there is none
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
   * @throws IllegalArgumentException if there is none, or none with a name
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

  /** Some have two names. */
  private static ProcessSignal of(String name, Object signal) {
    int number = Jvm.number(signal);
    FOUND.putIfAbsent(number, new ProcessSignal(name, signal));
    return FOUND.get(number);
  }

  /**
   * Has the signal go to a loop, instead of to the loop's handler before.
   *
   * @param handler called on a thread of the JVM's; must not block
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

  /** The JVM takes a handler for SIGHUP, SIGINT or SIGTERM without setting it while the process ignores them. */
  private boolean isSet() {
    return set(ours) == ours;
  }

  /** Has the system handle the signal by default for a moment, in which the JVM does set our handler. */
  private void stopIgnoring() {
    if (!NativeCalls.isAvailable()) {
      set(Jvm.IGNORE); // or the JVM would believe that ours is there
      throw new IllegalArgumentException("signal: this process ignores " + this
          + ", perhaps since it was started (nohup, trap, or & in a script), and the JVM does not give it"
          + " away then. It does on JDK 22 or later, started with --enable-native-access=ALL-UNNAMED"
          + " (or =dev.weft on the module path)");
    }
    new NativeCalls.Function("signal").call(Jvm.number(signal), DEFAULT);
    set(ours);
  }

  /**
   * Has a loop get the signal no more.
   *
   * @return whether it did
   */
  synchronized boolean remove(EventLoop loop) {
    boolean removed = handlers.remove(loop) != null;
    restoreIfUnused();
    return removed;
  }

  /**
   * Has the signal go to a run as long as no loop has a handler.
   *
   * @return empty if it would not be handled by default otherwise
   */
  synchronized Optional<Signals.Taken> takeDefault(Runnable handler) {
    Object found = set(ours); // there is no way to ask but to set another
    Object other = found == ours ? before : found;
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
    if (found != ours) { // the program has set another meanwhile
      set(found);
    }
    before = null;
  }

  private Object set(Object handler) {
    try {
      return Jvm.HANDLE.apply(signal, handler);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "signal: the JVM or the system does not give " + this + " away", e);
    }
  }

  /** The signal has come. On a thread of the JVM's. */
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
      run.handler.run(); // has a lock of its own, within which it gives back
    } else {
      raise(); // the last one has gone meanwhile
    }
  }

  private void raise() {
    try {
      Jvm.raise(signal);
    } catch (IllegalArgumentException notHandledInJava) {
      // cannot be raised: as in asyncio, a signal that comes while its handler goes is dropped
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
   * {@code sun.misc.Signal}, by lambdas that are made here: to invoke its methods by reflection, or to have the JDK make
   * a proxy, would cost each program's start some 5 ms for each of them, and 25 ms.
   */
  private static final class Jvm {

    static final Object IGNORE;
    static final BinaryOperator<Object> HANDLE;
    private static final MethodHandle RAISE; // as it is: few programs come to that
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

    /** Makes what javac makes of a method reference. */
    @SuppressWarnings("unchecked") // objects are all that they take and give
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

    /** Null if there is none of this name. */
    static Object signal(String name) {
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
        throw new AssertionError(e); // it declares none
      }
    }

    /** A handler that runs {@code code}. */
    static Object handler(Runnable code) {
      try {
        return (Object) HANDLER_OF.invoke(code);
      } catch (Throwable e) {
        throw new LinkageError("sun.misc.Signal cannot be used", e);
      }
    }

    /** What makes of a {@code Runnable} a handler. */
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
