package dev.weft.loop;

/**
 * A timer that ends a wait with a time limit. It runs even while a callback is parked, because the wait may be for the
 * lock for which the callback waits.
 */
final class DeadlineTimer extends TimerHandle {

  DeadlineTimer(BaseEventLoop loop, long when, Runnable expire) {
    super(loop, when, expire, Bindings.EMPTY);
  }

  @Override
  boolean runsBesideParked() {
    return true;
  }
}
