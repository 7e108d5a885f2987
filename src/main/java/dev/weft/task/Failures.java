package dev.weft.task;

/** Rethrows a throwable that was caught elsewhere, as the very object, checked or not. */
final class Failures {

  private Failures() {}

  @SuppressWarnings("unchecked")
  static <E extends Throwable> RuntimeException rethrow(Throwable error) throws E {
    throw (E) error;
  }
}
