package dev.weft.selector;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one descriptor open for the time when no other is free. The JDK opens a file to look up a child, and to check
 * its start time before it kills it. Without a free descriptor, both fail. Any thread.
 */
final class SpareDescriptor {

  private static @Nullable FileInputStream
      kept; // guarded by the class; null if no descriptor was free

  private SpareDescriptor() {}

  /** Opens the descriptor, unless it is open or none is free. */
  static synchronized void keep() {
    if (kept == null) {
      try {
        kept = new FileInputStream(Redirect.DISCARD.file());
      } catch (IOException none) {
        // the next caller tries again
      }
    }
  }

  /** Calls {@code use} while the descriptor is free. */
  static synchronized <T> T lend(Supplier<T> use) {
    if (kept != null) {
      Pumps.close(kept);
      kept = null;
    }
    T result = use.get();
    keep();
    return result;
  }
}
