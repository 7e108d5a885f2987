package dev.weft.loop;

import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals of this process, by way of {@code sun.misc.Signal}: supported by all JDKs, but javac warns of
 * it in a way that cannot be silenced, hence reflection. A JVM without it, or one that leaves signals alone
 * ({@code -Xrs}), counts as one that gets none.
 */
final class ProcessSignals implements Signals {

  static final Signals INSTANCE = new ProcessSignals();

  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

  private ProcessSignals() {}

  @Override
  public Optional<Taken> takeSigint(Runnable handler) {
    if (!isMain(Thread.currentThread())) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(Sigint.take(handler));
    } catch (ReflectiveOperationException | LinkageError e) {
      LOG.debug("SIGINT cannot be handled", e);
      return Optional.empty();
    }
  }

  /**
   * Whether a thread is the one that the JVM has started the program in. Others must not touch what the
   * whole process shares. The JVM does not say which it is, except by its name and group.
   */
  static boolean isMain(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return !thread.isVirtual()
        && thread.getName().equals("main")
        && group != null
        && group.getName().equals("main");
  }

  private static final class Sigint implements Taken {

    private final Object signal;
    private final Method handle;
    private final Method raise;
    private final Object ours;
    private Object before; // what handled it before; null once given back

    private Sigint(Runnable handler) throws ReflectiveOperationException {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      signal = type.getConstructor(String.class).newInstance("INT");
      handle = type.getMethod("handle", type, handlerType);
      raise = type.getMethod("raise", type);
      var run = MethodHandles.lookup()
          .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
          .bindTo(handler);
      ours = MethodHandleProxies.asInterfaceInstance(
          handlerType, MethodHandles.dropArguments(run, 0, type));
    }

    /** There is no way to ask for the handler but to set another. Returns null if it is not the default. */
    static Taken take(Runnable handler) throws ReflectiveOperationException {
      var sigint = new Sigint(handler);
      Object before = sigint.set(sigint.ours);
      sigint.before = before;
      Object ignore =
          Class.forName("sun.misc.SignalHandler").getField("SIG_IGN").get(null);
      boolean jvmsOwn = before.getClass().getName().startsWith("sun.misc.");
      if (jvmsOwn && before != ignore) {
        return sigint;
      }
      sigint.giveBack();
      return null;
    }

    private Object set(Object handler) throws ReflectiveOperationException {
      return handle.invoke(null, signal, handler);
    }

    @Override
    public synchronized void giveBack() {
      if (before == null) {
        return;
      }
      try {
        Object found = set(before);
        if (found != ours) {
          set(found);
        }
        before = null;
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot give SIGINT back", e);
      }
    }

    @Override
    public void raise() {
      giveBack();
      try {
        raise.invoke(null, signal);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot raise SIGINT", e);
      }
    }
  }
}
