package dev.weft.loop;

/** Throws what was caught elsewhere, the very object, checked or not. */
final class Throwables {

  private Throwables() {}

  @SuppressWarnings("unchecked")
  static <E extends Throwable> RuntimeException rethrow(Throwable error) throws E {
    throw (E) error;
  }
}
