package dev.weft.task;

/** Throws what was caught elsewhere, the very object, checked or not. */
final class Failures {

  private Failures() {}

  @SuppressWarnings("unchecked")
  static <E extends Throwable> RuntimeException rethrow(Throwable error) throws E {
    throw (E) error;
  }
}
