package dev.weft.it.support;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.sleep;

import dev.weft.loop.CancelledError;
import dev.weft.loop.KeyboardInterrupt;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** A program that leaves its reaction to a signal to Weft. */
public final class EndedProgram {

  private EndedProgram() {}

  /**
   * Prints "running", then waits for a signal.
   *
   * @param args the kind of program: {@code plain, stubborn, swallows, reloads, reports, busy, deadlock, fails}
   */
  public static void main(String[] args) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
    String how = args[0];
    if (how.equals("reports")) {
      Thread.setDefaultUncaughtExceptionHandler(
          (thread, error) -> System.out.println("reported: " + error));
    }
    if (how.equals("busy")) {
      new Thread(LockSupport::park, "does not end by itself").start();
    }
    if (how.equals("fails")) {
      runAndFail();
    } else {
      run(() -> coroutine(how));
    }
    System.out.println("after run");
  }

  private static void runAndFail() {
    try {
      run(() -> coroutine("plain"));
    } catch (KeyboardInterrupt interrupt) {
      interrupt.addSuppressed(new IOException("not clean"));
      throw interrupt;
    }
  }

  /** Waits without end, and ignores interrupts. */
  private static void deadlock() {
    var lock = new ReentrantLock();
    Thread.ofPlatform().daemon().start(() -> {
      lock.lock();
      LockSupport.park();
    });
    while (!lock.isLocked()) {
      Thread.onSpinWait();
    }
    lock.lock();
  }

  private static void coroutine(String how) {
    if (how.equals("reloads")) {
      getRunningLoop().addSignalHandler("SIGHUP", () -> System.out.println("reloaded"));
    }
    System.out.println("running");
    if (how.equals("deadlock")) {
      deadlock();
    }
    try {
      sleep(Duration.ofHours(1));
    } catch (CancelledError asked) {
      System.out.println("cleaning up");
      sleep(how.equals("stubborn") ? Duration.ofHours(1) : Duration.ofMillis(100));
      System.out.println("clean");
      if (!how.equals("swallows")) {
        throw asked;
      }
    }
  }
}
