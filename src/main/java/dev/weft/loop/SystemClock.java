package dev.weft.loop;

/** {@link Clock#SYSTEM}. */
final class SystemClock implements Clock {

  @Override
  public long time() {
    return System.nanoTime();
  }
}
