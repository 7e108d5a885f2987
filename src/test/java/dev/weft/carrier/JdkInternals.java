package dev.weft.carrier;

import java.lang.invoke.MethodHandles.Lookup;

/** The carrier's own door to the JDK's internals, for tests and benchmarks that look behind or replace them. */
public final class JdkInternals {

  private JdkInternals() {}

  /** A lookup with full access to a class. */
  public static Lookup of(Class<?> type) throws IllegalAccessException {
    return Inside.of(type);
  }
}
