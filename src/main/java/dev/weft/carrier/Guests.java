package dev.weft.carrier;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The virtual threads of a carrier that are none of Weft's: code on the loop has started them by the JDK's
 * own API, and they have inherited the scheduler. Carrier only.
 */
final class Guests {

  private final Set<Thread> threads = new LinkedHashSet<>();
  private int purgeAt = 16;

  /** Takes note of a guest, if it is not known yet. */
  void note(Thread thread) {
    if (threads.add(thread) && threads.size() >= purgeAt) {
      threads.removeIf(known -> !known.isAlive());
      purgeAt = Math.max(16, 2 * threads.size());
    }
  }

  /** Those that have not ended, in the order in which they came. */
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
