package dev.weft.stream;

/** Rethrows a throwable that other code caught. It is not wrapped, even if it is checked. */
final class Failures {

  private Failures() {}

  @SuppressWarnings("unchecked")
  static <E extends Throwable> RuntimeException rethrow(Throwable error) throws E {
    throw (E) error;
  }
}
