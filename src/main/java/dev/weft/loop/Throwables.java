package dev.weft.loop;

/** Rethrows a throwable that was caught elsewhere, as the very object, checked or not. */
final class Throwables {

  private Throwables() {}

  @SuppressWarnings("unchecked")
  static <E extends Throwable> RuntimeException rethrow(Throwable error) throws E {
    throw (E) error;
  }
}
