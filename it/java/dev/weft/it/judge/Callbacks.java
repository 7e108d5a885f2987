package dev.weft.it.judge;

import static dev.weft.it.judge.Stage.number;

import dev.weft.Asyncio;
import dev.weft.it.judge.Program.Statement;
import dev.weft.it.judge.Stage.Err;
import dev.weft.loop.Context;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Handle;
import dev.weft.loop.KeyboardInterrupt;
import java.time.Duration;
import java.util.List;

/** Callbacks of the loop, and time; the exception handler. */
final class Callbacks {

  // caused by the garbage collector, or reported by asyncio from 3.16 on
  private static final List<String> LEFT_OUT =
      List.of("never retrieved", "destroyed", "hidden this error of a task group");

  private final Stage stage;
  private final EventLoop loop;
  private String handler = "returns";

  Callbacks(Stage stage) {
    this.stage = stage;
    this.loop = stage.loop;
    loop.setExceptionHandler((on, context) -> handle(context));
    stage.on("sleep", this::sleep);
    stage.on("soon", (me, s) -> {
      stage.name(s.args().get(0), loop.callSoon(running(s, 1)));
      return null;
    });
    stage.<Context>on("soonin", Context.class, (context, me, s) -> {
      loop.callSoon(running(s, 1), context);
      return null;
    });
    stage.on("later", (me, s) -> {
      Duration delay = stage.delay(s.args().get(1));
      stage.name(s.args().get(0), loop.callLater(delay, running(s, 2)));
      return null;
    });
    stage.on("at", (me, s) -> {
      long when = loop.time() + stage.delay(s.args().get(1)).toNanos();
      stage.name(s.args().get(0), loop.callAt(when, running(s, 2)));
      return null;
    });
    stage.<Handle>on("unhandle", Handle.class, (handle, me, s) -> {
      handle.cancel();
      return null;
    });
    stage.on("stop", (me, s) -> {
      loop.stop();
      return null;
    });
    stage.on("handler", (me, s) -> {
      handler = s.args().get(0);
      return null;
    });
  }

  private Object sleep(Strand me, Statement s) {
    int seconds = number(s, 0);
    Asyncio.sleep(seconds > 0 ? stage.delay(s.args().get(0)) : Duration.ofSeconds(seconds));
    return null;
  }

  private Runnable running(Statement s, int index) {
    List<String> args = s.args();
    return () -> stage.runCallback(args.get(index), "runs");
  }

  private void handle(ExceptionContext context) {
    String message = context.message();
    if (loop.isClosed() || LEFT_OUT.stream().anyMatch(message::contains)) {
      return;
    }
    String what = message.startsWith("Exception in callback")
        ? "callback"
        : message.contains("closing of an asynchronous generator") ? "generator" : message;
    stage.trace.add(
        "handler: " + what + " " + stage.trace.show(context.exception().orElseThrow()));
    switch (handler) {
      case "fails" -> throw Stage.<RuntimeException>undeclared(new Err(""));
      case "fatal" -> throw new KeyboardInterrupt();
      default -> {}
    }
  }
}
