package dev.weft.carrier;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets a program end on JDK 21 to 23.
 *
 * <p>There, the first timed wait of a virtual thread starts the JDK's thread {@code VirtualThread-unparker}. The new
 * thread is a daemon only if the carrier of the virtual thread is one. The carrier of a loop is often the main thread.
 * So a program with a {@code Thread.sleep} in a task would never end. Later JDKs always make that thread a daemon.
 */
final class Unparker {

  private static final int FIXED_IN = 24;

  private Unparker() {}

  /** Starts the thread from a daemon, if the JDK needs that. */
  static void start() {
    if (Runtime.version().feature() < FIXED_IN) {
      boolean interrupted = false;
      Thread first = Thread.ofVirtual().start(() -> LockSupport.parkNanos(1));
      while (first.isAlive()) {
        try {
          first.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
