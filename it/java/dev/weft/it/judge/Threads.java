package dev.weft.it.judge;

import static dev.weft.it.judge.Stage.number;

import dev.weft.Asyncio;
import dev.weft.it.judge.Program.Statement;
import dev.weft.it.judge.Stage.ActionOn;
import dev.weft.it.judge.Stage.Err;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Executors and other threads. A job runs when the program says so, or when nothing else is left to do: on its own
 * thread, for which the loop waits without turning.
 */
final class Threads {

  private final Stage stage;
  private final EventLoop loop;
  private final List<ManualExecutor> executors = new ArrayList<>();
  private final Set<CompletableFuture<?>> wrapped = new HashSet<>();
  private final Map<CompletableFuture<?>, Strand> submitted =
      new HashMap<>(); // the strands that execute the coroutines of runCoroutineThreadsafe

  Threads(Stage stage) {
    this.stage = stage;
    this.loop = stage.loop;
    stage.<ManualExecutor>on("work", ManualExecutor.class, (executor, me, s) -> executor.work());
    stage.on("execute", this::execute);
    stage.on("tothread", (me, s) -> Asyncio.toThread(() -> job(s.args().get(0))));
    stage.on("soonsafe", (me, s) -> {
      String callback = s.args().get(1);
      stage.name(
          s.args().get(0), loop.callSoonThreadsafe(() -> stage.runCallback(callback, "runs")));
      return null;
    });
    stage.on("submit", this::submit);
    stage.on("wrap", this::wrap);
    onForeign("foreigncomplete", (foreign, me, s) -> foreign.complete(number(s, 1)));
    onForeign(
        "foreignfail",
        (foreign, me, s) -> foreign.completeExceptionally(new Err(s.args().get(1))));
    onForeign("foreigncancel", (foreign, me, s) -> cancel(foreign));
  }

  private void onForeign(String op, ActionOn<CompletableFuture<Integer>> action) {
    stage.on(op, CompletableFuture.class, action);
  }

  ManualExecutor newExecutor() {
    var executor = new ManualExecutor();
    executors.add(executor);
    return executor;
  }

  /** Runs one job, if there is any. */
  boolean workSomewhere() {
    return executors.stream().anyMatch(ManualExecutor::work);
  }

  private Integer job(String name) throws Exception {
    stage.trace.add(name + " begins");
    Integer result = stage.body(name, new Strand(name));
    stage.trace.add(name + " returns " + stage.trace.show(result));
    return result;
  }

  private String execute(Strand me, Statement s) {
    List<String> args = s.args();
    var executor = (ManualExecutor) stage.find(me, args.get(1));
    Future<Integer> future = loop.runInExecutor(executor, () -> job(args.get(2)));
    stage.name(args.get(0), future, stage.trace.newLabel("E"));
    return stage.trace.label(future);
  }

  private String submit(Strand me, Statement s) {
    if (!stage.maySpawn()) {
      return "limit";
    }
    Strand strand = stage.newStrand();
    String body = s.args().get(1);
    var foreign = Asyncio.runCoroutineThreadsafe(() -> stage.coroutine(body, strand), loop);
    stage.name(s.args().get(0), foreign);
    submitted.put(foreign, strand);
    return strand.label;
  }

  /**
   * Excludes a coroutine that has not begun, because asyncio begins it and then cancels it. Excludes one whose future
   * is wrapped too, because Weft notifies the two in the opposite order.
   */
  private Object cancel(CompletableFuture<?> foreign) {
    Strand strand = submitted.get(foreign);
    if (strand != null && strand.task == null) {
      return "unborn";
    }
    return strand != null && wrapped.contains(foreign) ? "wrapped" : foreign.cancel(false);
  }

  private String wrap(Strand me, Statement s) {
    if (!(stage.find(me, s.args().get(1)) instanceof CompletableFuture<?> foreign)) {
      return "none";
    }
    if (foreign.isDone() || !wrapped.add(foreign)) {
      return "not pending"; // see EXEC-7 and FUT-14 in differences.md
    }
    Future<?> future = Asyncio.wrapFuture(foreign);
    stage.name(s.args().get(0), future, stage.trace.newLabel("W"));
    return stage.trace.label(future);
  }
}
