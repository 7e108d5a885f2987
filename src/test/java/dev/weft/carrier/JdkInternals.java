package dev.weft.carrier;

import java.lang.invoke.MethodHandles.Lookup;

/**
 * Access to the JDK's internals through the carrier's lookup, for tests and benchmarks that inspect or replace them.
 */
public final class JdkInternals {

  private JdkInternals() {}

  /** A lookup with full access to a class. */
  public static Lookup of(Class<?> type) throws IllegalAccessException {
    return Inside.of(type);
  }
}
