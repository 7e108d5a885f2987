package dev.weft.loop;

import java.util.HashSet;
import java.util.Set;

/** The signals for which a loop has handlers. Loop thread only. */
final class LoopSignals {

  private final BaseEventLoop loop;
  private final Set<ProcessSignal> handled = new HashSet<>();

  LoopSignals(BaseEventLoop loop) {
    this.loop = loop;
  }

  /** Runs {@code callback} at each signal from now on, as {@code callSoonThreadsafe} does, in the current context. */
  void add(ProcessSignal signal, Runnable callback) {
    var handle = new Handle(loop, callback, Context.bindings());
    signal.add(loop, () -> loop.offerAgain(handle));
    handled.add(signal);
  }

  boolean remove(ProcessSignal signal) {
    return handled.remove(signal) && signal.remove(loop);
  }

  void removeAll() {
    for (ProcessSignal signal : handled) {
      signal.remove(loop);
    }
    handled.clear();
  }
}
