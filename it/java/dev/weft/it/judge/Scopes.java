package dev.weft.it.judge;

import dev.weft.Asyncio;
import dev.weft.it.judge.Program.Statement;
import dev.weft.it.judge.Stage.Return;
import dev.weft.loop.Future;
import dev.weft.loop.TaskOptions;
import dev.weft.loop.ThrowingFunction;
import dev.weft.task.TaskGroup;
import dev.weft.task.Timeout;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Timeouts and task groups. */
final class Scopes {

  /** What enters a scope. */
  private interface Entering {
    Return run(ThrowingFunction<Timeout, Return, Exception> body) throws Exception;
  }

  private final Stage stage;

  Scopes(Stage stage) {
    this.stage = stage;
    stage.on("timeout", this::timeout);
    stage.on("timeoutat", this::timeoutAt);
    stage.on("reschedule", Timeout.class, this::reschedule);
    stage.<Future<?>>on(
        "waitfor",
        Future.class,
        (future, me, s) -> stage.awaiting(
            me, future, () -> Asyncio.waitFor(future, stage.delay(s.args().get(1)))));
    stage.on(
        "waitforcall",
        (me, s) -> Asyncio.waitFor(
            () -> stage.body(s.args().get(0), me), stage.delay(s.args().get(1))));
    stage.on("group", this::group);
    stage.<TaskGroup>on(
        "groupspawn",
        TaskGroup.class,
        (group, me, s) -> stage.spawn(s.args().get(1), s.args().get(2), group::createTask));
    stage.<TaskGroup>on("groupeager", TaskGroup.class, (group, me, s) -> {
      var options = TaskOptions.defaults().withEagerStart(true);
      return stage.spawn(
          s.args().get(1), s.args().get(2), coroutine -> group.createTask(coroutine, options));
    });
    stage.<TaskGroup>on("groupcancel", TaskGroup.class, (group, me, s) -> {
      group.cancel();
      return null;
    });
  }

  private Return timeout(Strand me, Statement s) throws Exception {
    Optional<Duration> delay = stage.optionalDelay(s.args().get(1));
    return within(
        me,
        s,
        body -> delay.isPresent()
            ? Asyncio.timeout(delay.get(), body)
            : Asyncio.timeoutAt(OptionalLong.empty(), body));
  }

  private Return timeoutAt(Strand me, Statement s) throws Exception {
    long when = stage.loop.time() + stage.delay(s.args().get(1)).toNanos();
    return within(me, s, body -> Asyncio.timeoutAt(OptionalLong.of(when), body));
  }

  private Return within(Strand me, Statement s, Entering entering) throws Exception {
    var entered = new Timeout[1];
    try {
      return entering.run(scope -> {
        entered[0] = scope;
        stage.name(s.args().get(0), scope);
        return stage.block(s.body(), me);
      });
    } finally {
      stage.trace.add(me.label + " " + s.line() + " leaves " + stage.trace.state(entered[0])
          + " cancelling=" + me.cancelling());
    }
  }

  private Object reschedule(Timeout scope, Strand me, Statement s) {
    Optional<Duration> delay = stage.optionalDelay(s.args().get(1));
    if (delay.isPresent()) {
      scope.reschedule(stage.loop.time() + delay.get().toNanos());
    } else {
      scope.disable();
    }
    return null;
  }

  private Return group(Strand me, Statement s) {
    var group = new TaskGroup();
    stage.name(s.args().get(0), group);
    try {
      return group.run(entered -> stage.block(s.body(), me));
    } finally {
      stage.trace.add(me.label + " " + s.line() + " leaves cancelling=" + me.cancelling());
    }
  }
}
