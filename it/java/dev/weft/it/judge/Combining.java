package dev.weft.it.judge;

import dev.weft.Asyncio;
import dev.weft.it.judge.Program.Statement;
import dev.weft.it.judge.Stage.Return;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Future;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.task.AsCompleted;
import dev.weft.task.ReturnWhen;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Functions that combine futures: gather, shield, wait, as-completed. */
final class Combining {

  private static final int MAX_NESTING = 4; // of gathers: their results grow exponentially

  private final Stage stage;
  private final Map<Future<?>, Integer> nesting = new HashMap<>();

  Combining(Stage stage) {
    this.stage = stage;
    stage.on("gather", (me, s) -> gather(me, s, Asyncio::gather));
    stage.on("outcomes", (me, s) -> gather(me, s, Asyncio::gatherOutcomes));
    stage.on("shield", this::shield);
    stage.on("wait", this::await);
    stage.on("completed", this::completed);
    stage.on("results", this::results);
  }

  private String gather(Strand me, Statement s, Function<List<Future<?>>, Future<?>> combine) {
    List<Future<?>> children = stage.findAll(me, s.args().subList(1, s.args().size()));
    int depth = 1 + children.stream().mapToInt(this::nesting).max().orElse(0);
    if (depth > MAX_NESTING) {
      return "deep";
    }
    Future<?> future = combine.apply(children);
    nesting.put(future, depth);
    stage.edges(future, children);
    stage.name(s.args().get(0), future, stage.trace.newLabel("G"));
    return stage.trace.label(future);
  }

  private String shield(Strand me, Statement s) {
    if (!(stage.find(me, s.args().get(1)) instanceof Future<?> inner)) {
      return "none";
    }
    Future<?> future = Asyncio.shield(inner);
    nesting.put(future, nesting(inner));
    stage.name(s.args().get(0), future, stage.trace.newLabel("S"));
    return stage.trace.label(future);
  }

  private int nesting(Future<?> future) {
    return nesting.getOrDefault(future, 0);
  }

  private String await(Strand me, Statement s) {
    List<Future<?>> futures = stage.findAll(me, s.args().subList(2, s.args().size()));
    var result = Asyncio.wait(
        futures, stage.optionalDelay(s.args().get(1)), when(s.args().get(0)));
    return stage.trace.labels(result.done()) + " " + stage.trace.labels(result.pending());
  }

  private static ReturnWhen when(String mode) {
    return switch (mode) {
      case "first" -> ReturnWhen.FIRST_COMPLETED;
      case "exception" -> ReturnWhen.FIRST_EXCEPTION;
      default -> ReturnWhen.ALL_COMPLETED;
    };
  }

  private Return completed(Strand me, Statement s) throws Exception {
    List<Future<?>> futures = stage.findAll(me, s.args().subList(1, s.args().size()));
    Optional<Duration> timeout = stage.optionalDelay(s.args().get(0));
    var completed = timeout.isPresent()
        ? Asyncio.asCompleted(futures, timeout.get())
        : Asyncio.asCompleted(futures);
    for (Future<?> future : completed) {
      stage.trace.add(me.label + " " + s.line() + " next " + stage.trace.label(future));
      Return signal = stage.block(s.body(), me);
      if (signal != null) {
        return signal;
      }
    }
    return null;
  }

  private Object results(Strand me, Statement s) {
    List<Future<?>> futures = stage.findAll(me, s.args().subList(1, s.args().size()));
    Iterator<?> results =
        AsCompleted.results(futures, stage.optionalDelay(s.args().get(0)));
    String next = me.label + " " + s.line() + " next ";
    while (results.hasNext()) {
      try {
        stage.trace.add(next + stage.trace.show(results.next()));
      } catch (CancelledError | KeyboardInterrupt end) {
        throw end;
      } catch (Throwable error) { // checked, but not declared
        stage.trace.add(next + "!! " + stage.trace.show(error));
      }
    }
    return null;
  }
}
