package dev.weft.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** Signals of the test's process. Uses reflection, because javac warns of {@code sun.misc.Signal}. */
public final class RealSignals {

  private RealSignals() {}

  /** Sends this process a signal. */
  public static void raise(String name) {
    try {
      signalClass().getMethod("raise", signalClass()).invoke(null, signal(name));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** Registers {@code code} as the JVM's handler of a signal, without Weft. */
  public static Object handler(Runnable code) {
    InvocationHandler handler = (proxy, method, arguments) -> {
      if (method.getName().equals("handle")) {
        code.run();
        return null;
      }
      throw new AssertionError(method);
    };
    return Proxy.newProxyInstance(
        RealSignals.class.getClassLoader(), new Class<?>[] {handlerClass()}, handler);
  }

  /** Sets the handler of a signal. */
  public static Object handle(String name, Object handler) {
    try {
      return signalClass()
          .getMethod("handle", signalClass(), handlerClass())
          .invoke(null, signal(name), handler);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static Object signal(String name) throws ReflectiveOperationException {
    return signalClass().getConstructor(String.class).newInstance(name);
  }

  private static Class<?> signalClass() {
    return forName("sun.misc.Signal");
  }

  private static Class<?> handlerClass() {
    return forName("sun.misc.SignalHandler");
  }

  private static Class<?> forName(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
