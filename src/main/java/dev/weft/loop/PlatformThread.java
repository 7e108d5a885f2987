package dev.weft.loop;

import java.util.concurrent.CompletableFuture;

/** Runs code on a new platform thread, for callers that are virtual threads. */
final class PlatformThread {

  private PlatformThread() {}

  /** Runs {@code code} and waits until it has ended, even if the caller is interrupted meanwhile. */
  static void call(String name, Runnable code) {
    var outcome = new CompletableFuture<Throwable>();
    Thread.ofPlatform().name(name).start(() -> {
      Throwable failure = null;
      try {
        code.run();
      } catch (Throwable error) {
        failure = error;
      }
      outcome.complete(failure);
    });
    Throwable failure = outcome.join();
    if (failure != null) {
      throw Throwables.rethrow(failure);
    }
  }
}
