package dev.weft.it.support;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;

import dev.weft.loop.KeyboardInterrupt;
import java.lang.reflect.Proxy;
import java.util.concurrent.locks.LockSupport;

/** A program that runs a coroutine until SIGINT ends it, in one way or another. */
public final class InterruptedProgram {

  private InterruptedProgram() {}

  /**
   * Prints "running", then waits for SIGINT.
   *
   * @param args the kind of program: {@code sleep, stubborn, blocked, thread, handler, nothing}
   */
  public static void main(String[] args) throws Exception {
    String how = args[0];
    if (how.equals("handler")) {
      handleSigint();
    }
    if (how.equals("thread")) {
      Thread other = new Thread(() -> program(how), "other");
      other.start();
      other.join();
    } else {
      program(how);
    }
  }

  private static void program(String how) {
    try {
      run(() -> coroutine(how));
    } catch (KeyboardInterrupt interrupt) {
      System.out.println("KeyboardInterrupt");
      if (how.equals("stubborn")) {
        LockSupport.park();
      }
      System.exit(3);
    }
  }

  private static void coroutine(String how) {
    if (how.equals("nothing")) {
      return;
    }
    System.out.println("running");
    try {
      while (how.equals("blocked")) {
        Thread.onSpinWait();
      }
      sleepForEver();
    } finally {
      System.out.println("cleaning up");
      if (how.equals("stubborn")) {
        sleepForEver();
      }
    }
  }

  private static void sleepForEver() {
    getRunningLoop().createFuture().await();
  }

  /** Uses reflection, because javac would warn. */
  private static void handleSigint() throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object ours = Proxy.newProxyInstance(
        InterruptedProgram.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, a) -> {
          System.out.println("handled by the program");
          return null;
        });
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance("INT"), ours);
  }
}
