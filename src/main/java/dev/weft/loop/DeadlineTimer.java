package dev.weft.loop;

/**
 * Ends a wait that has a limit. The limit holds even while a callback is parked, because the wait may be for the very
 * lock that the callback waits for.
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
