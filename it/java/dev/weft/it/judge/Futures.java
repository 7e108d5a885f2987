package dev.weft.it.judge;

import static dev.weft.it.judge.Stage.number;

import dev.weft.Asyncio;
import dev.weft.it.judge.Program.Statement;
import dev.weft.it.judge.Stage.ActionOn;
import dev.weft.it.judge.Stage.Err;
import dev.weft.loop.Context;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.loop.ThrowingCallable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Futures and tasks, one at a time. */
final class Futures {

  private final Stage stage;
  private final EventLoop loop;
  private final Map<String, Consumer<Future<?>>> callbacks = new HashMap<>();

  Futures(Stage stage) {
    this.stage = stage;
    this.loop = stage.loop;
    onFuture("await", (future, me, s) -> stage.awaiting(me, future, future::await));
    onFuture("result", (future, me, s) -> future.result());
    onFuture(
        "exception",
        (future, me, s) -> future.exception().map(stage.trace::show).orElse(null));
    onFuture("complete", (future, me, s) -> {
      future.setResult(number(s, 1));
      return null;
    });
    onFuture("fail", (future, me, s) -> {
      future.setException(new Err(s.args().get(1)));
      return null;
    });
    onFuture("failfatal", (future, me, s) -> {
      future.setException(new KeyboardInterrupt());
      return null;
    });
    onFuture(
        "cancel",
        (future, me, s) -> s.args().size() > 1 ? future.cancel(s.args().get(1)) : future.cancel());
    onFuture("watch", (future, me, s) -> {
      future.addDoneCallback(callback(s.args().get(1)));
      return null;
    });
    onFuture(
        "unwatch",
        (future, me, s) -> future.removeDoneCallback(callback(s.args().get(1))));
    stage.<Context>on("watchin", Context.class, this::watchIn);
    onTask("uncancel", (task, me, s) -> task.uncancel());
    onTask("rename", (task, me, s) -> {
      task.setName(s.args().get(1));
      return null;
    });
    onTask(
        "name", (task, me, s) -> task.getName().startsWith("Task-") ? "default" : task.getName());
    stage.on("alltasks", (me, s) -> allTasks());
    stage.on("current", (me, s) -> Asyncio.currentTask().map(stage.trace::label).orElse("none"));
    stage.<Object>on("state", Object.class, (thing, me, s) -> stage.trace.state(thing));
    stage.on("spawn", (me, s) -> stage.spawn(s.args().get(0), s.args().get(1), loop::createTask));
    stage.on("spawneager", (me, s) -> stage.spawn(s.args().get(0), s.args().get(1), this::eager));
    stage.<Context>on("spawnin", Context.class, (context, me, s) -> {
      var options = TaskOptions.defaults().withContext(context);
      return stage.spawn(
          s.args().get(1), s.args().get(2), coroutine -> loop.createTask(coroutine, options));
    });
  }

  private void onFuture(String op, ActionOn<Future<Object>> action) {
    stage.on(op, Future.class, action);
  }

  private void onTask(String op, ActionOn<Task<?>> action) {
    stage.on(op, Task.class, action);
  }

  private Object watchIn(Context context, Strand me, Statement s) {
    if (!(stage.find(me, s.args().get(1)) instanceof Future<?> future)) {
      return "none";
    }
    future.addDoneCallback(callback(s.args().get(2)), context);
    return null;
  }

  /** The same object each time, so it can be removed. */
  private Consumer<Future<?>> callback(String name) {
    return callbacks.computeIfAbsent(
        name, key -> future -> stage.runCallback(key, "sees " + stage.trace.label(future)));
  }

  private Task<Integer> eager(ThrowingCallable<Integer, ?> coroutine) {
    return loop.createTask(coroutine, TaskOptions.defaults().withEagerStart(true));
  }

  private String allTasks() {
    List<Task<?>> running = Asyncio.allTasks();
    return stage.trace.labels(stage.tasks().stream().filter(running::contains).toList());
  }
}
