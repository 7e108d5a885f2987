package dev.weft.it.judge;

import dev.weft.loop.Context;
import dev.weft.loop.Runner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A program that is run by a {@link Runner}: several main coroutines one after the other, then the end of what is left. */
final class Runners {

  private record Main(String body, Optional<Context> context) {}

  private final Stage stage;
  private final List<Main> mains = new ArrayList<>();

  Runners(Stage stage) {
    this.stage = stage;
  }

  void add(String body, Optional<Context> context) {
    mains.add(new Main(body, context));
  }

  /** Whether the program is one of these. */
  boolean areThere() {
    return !mains.isEmpty();
  }

  void run() {
    var runner = new Runner(() -> stage.loop);
    for (Main main : mains) {
      Strand me = stage.newStrand();
      try {
        Integer result = main.context.isPresent()
            ? runner.runIn(main.context.get(), () -> stage.coroutine(main.body, me))
            : runner.run(() -> stage.coroutine(main.body, me));
        stage.trace.add("run returns " + stage.trace.show(result));
      } catch (Throwable error) {
        stage.trace.add("run throws " + stage.trace.show(error));
      }
    }
    stage.trace.addAll();
    try {
      runner.close();
    } catch (Throwable error) {
      stage.trace.addEvenIfClosed("close throws " + Trace.name(error));
    }
  }
}
