package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/** Ends a sleep. Weft's own code alone, so the carrier runs it itself. */
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
