package dev.weft.carrier;

/**
 * Starts the JDK's own socket pollers away from any loop.
 *
 * <p>The pollers are virtual threads made by whoever first blocks on a socket, and a virtual thread
 * inherits the scheduler of the one that starts it. Were that a task, the pollers of the whole JVM would
 * sit on its loop, and once the loop stops every other virtual thread's I/O would hang. So their class
 * is initialised on a platform thread before the first task exists.
 */
final class Pollers {

  private static final String CLASS = "sun.nio.ch.Poller";

  private Pollers() {}

  static void initialize() {
    if (!Thread.currentThread().isVirtual()) {
      load();
      return;
    }
    Thread helper = Thread.ofPlatform().name("weft-pollers").daemon().start(Pollers::load);
    boolean interrupted = false;
    while (helper.isAlive()) {
      try {
        helper.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void load() {
    try {
      Class.forName(CLASS, true, null);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("Java " + Runtime.version() + " has no " + CLASS, e);
    }
  }
}
