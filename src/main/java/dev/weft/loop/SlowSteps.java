package dev.weft.loop;

import dev.weft.carrier.Carrier;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Times callbacks and steps of tasks in debug mode. The driver logs the slow ones and reports them to the listener.
 *
 * <p>The carrier does not know to which task the continuation belongs that it runs. A task reports the end of its step,
 * if the step ends in an await. For a step that ends in a blocking call of the JDK, the report names all tasks that are
 * in such calls.
 */
final class SlowSteps {

  private final BaseEventLoop loop;
  private volatile long limit = Duration.ofMillis(100).toNanos();
  private volatile @Nullable Consumer<? super SlowCallback> listener; // null for none

  // loop thread only
  private @Nullable Task<?> ended;

  SlowSteps(BaseEventLoop loop) {
    this.loop = loop;
  }

  void setLimit(long nanos) {
    limit = nanos;
  }

  void setListener(Consumer<? super SlowCallback> listener) {
    this.listener = listener;
  }

  long limit() {
    return limit;
  }

  /** Records that the current step is one of {@code task}. */
  void ended(Task<?> task) {
    ended = task;
  }

  /** Runs a callback. Driver only. */
  void run(Handle handle, Driver driver) {
    long began = loop.time();
    driver.current = handle;
    try {
      handle.run(driver);
    } finally {
      driver.current = null;
    }
    long took = loop.time() - began;
    if (took >= limit && !(handle instanceof Report)) {
      new Report(handle::toString, took).run(driver);
    }
  }

  /** Runs a step. Carrier only. */
  void run(Runnable continuation, Carrier carrier) {
    ended = null;
    long began = loop.time();
    carrier.run(continuation);
    long took = loop.time() - began;
    if (took >= limit) {
      String step = ended != null ? ended.toString() : "a step of " + loop.tasksInBlockingCalls();
      loop.append(new Report(() -> step, took));
    }
  }

  /** The report as a handle, so that a failure of the log or of {@code toString} is reported as for any callback. */
  private final class Report extends Handle {

    private final Supplier<String> what;
    private final long took;

    Report(Supplier<String> what, long took) {
      super(SlowSteps.this.loop, null, Bindings.EMPTY);
      this.what = what;
      this.took = took;
    }

    @Override
    void invoke() {
      var report = new SlowCallback(what.get(), Duration.ofNanos(took));
      Logs.LOOP.warn(
          "Executing {} took {} seconds",
          report.what(),
          String.format(Locale.ROOT, "%.3f", took / 1e9));
      Consumer<? super SlowCallback> told = listener;
      if (told != null) {
        told.accept(report);
      }
    }

    @Override
    String describe() {
      return "report of a slow step";
    }
  }
}
