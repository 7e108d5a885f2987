package dev.weft.loop;

/** The clock of {@link Clock#SYSTEM}. */
final class SystemClock implements Clock {

  @Override
  public long time() {
    return System.nanoTime();
  }
}
