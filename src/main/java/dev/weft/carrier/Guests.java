package dev.weft.carrier;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The virtual threads of a carrier that Weft did not create. Code on the loop has started them through the JDK's API,
 * so they have inherited the scheduler. Carrier only.
 */
final class Guests {

  private final Set<Thread> threads = new LinkedHashSet<>();
  private int purgeAt = 16;

  /** Adds a guest if it is not known yet. */
  void note(Thread thread) {
    if (threads.add(thread) && threads.size() >= purgeAt) {
      threads.removeIf(known -> !known.isAlive());
      purgeAt = Math.max(16, 2 * threads.size());
    }
  }

  /** Returns the guests that have not ended, in the order in which they were added. */
  List<Thread> alive() {
    List<Thread> alive = new ArrayList<>();
    for (Thread thread : threads) {
      if (thread.isAlive()) {
        alive.add(thread);
      }
    }
    return alive;
  }
}
