package dev.weft.selector;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that is kept open, for when no other is left. To find a child, or to make sure that it still has its
 * number before it is killed, the JDK opens a file of the system's, and without a descriptor it does neither. Any
 * thread.
 */
final class SpareDescriptor {

  private static @Nullable FileInputStream
      kept; // guarded by the class; null: there was none to be had

  private SpareDescriptor() {}

  /** Opens it, if it is not open and there is one to be had. */
  static synchronized void keep() {
    if (kept == null) {
      try {
        kept = new FileInputStream(Redirect.DISCARD.file());
      } catch (IOException none) {
        // the next caller tries again
      }
    }
  }

  /** Calls {@code use} with the descriptor free. */
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
