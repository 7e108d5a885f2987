package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/** A timer that ends a sleep. It runs only Weft's own code, so the carrier runs it itself. */
final class SleepTimer extends TimerHandle {

  final Future<@Nullable Void> future;

  SleepTimer(BaseEventLoop loop, long when) {
    super(loop, when, null, Bindings.EMPTY);
    this.future = new Future<>(loop);
  }

  @Override
  boolean runsOnCarrier() {
    return true;
  }

  @Override
  void invoke() {
    if (!future.done()) {
      future.finish(null);
    }
  }

  @Override
  String describe() {
    return "end of sleep";
  }
}
