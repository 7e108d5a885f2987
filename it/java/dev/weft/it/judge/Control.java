package dev.weft.it.judge;

import static dev.weft.it.judge.Stage.number;

import dev.weft.it.judge.Program.Statement;
import dev.weft.it.judge.Stage.Err;
import dev.weft.it.judge.Stage.Return;
import dev.weft.loop.CancelledError;
import dev.weft.loop.ContextVar;
import dev.weft.loop.KeyboardInterrupt;
import java.util.Optional;

/** Statements that control the flow: raise, return, repeat, call, try; and the context variables. */
final class Control {

  private final Stage stage;

  Control(Stage stage) {
    this.stage = stage;
    stage.on("raise", (me, s) -> {
      throw new Err(s.args().get(0));
    });
    stage.on("fatal", (me, s) -> {
      throw new KeyboardInterrupt();
    });
    stage.on("return", (me, s) -> new Return(number(s, 0)));
    stage.on("repeat", this::repeat);
    stage.on("call", (me, s) -> stage.body(s.args().get(0), me));
    stage.on("try", this::attempt);
    stage.<ContextVar<Integer>>on("get", ContextVar.class, (variable, me, s) -> variable.get());
    stage.<ContextVar<Integer>>on("set", ContextVar.class, (variable, me, s) -> {
      variable.set(number(s, 1));
      return null;
    });
  }

  private Return repeat(Strand me, Statement s) throws Exception {
    Return signal = null;
    for (int i = number(s, 0); i > 0 && signal == null; i--) {
      signal = stage.block(s.body(), me);
    }
    return signal;
  }

  private Return attempt(Strand me, Statement s) throws Exception {
    try {
      return stage.block(part(s, "do").orElseThrow().body(), me);
    } catch (Exception | CancelledError | KeyboardInterrupt error) {
      Statement handler = part(s, "catch").orElse(null);
      if (handler == null || !catches(handler.args().get(0), error)) {
        throw error;
      }
      stage.trace.add(me.label + " " + handler.line() + " catches " + stage.trace.show(error));
      Return signal = stage.block(handler.body(), me);
      if (signal == null && handler.args().contains("reraise")) {
        throw error;
      }
      return signal;
    } finally {
      if (part(s, "finally").isPresent()) {
        stage.block(part(s, "finally").get().body(), me);
      }
    }
  }

  private static boolean catches(String kind, Throwable error) {
    return switch (kind) {
      case "fatal" -> error instanceof KeyboardInterrupt;
      case "cancelled" -> error instanceof CancelledError;
      case "errors" -> error instanceof Exception;
      default -> !(error instanceof KeyboardInterrupt);
    };
  }

  private static Optional<Statement> part(Statement s, String name) {
    return s.body().stream().filter(part -> part.op().equals(name)).findFirst();
  }
}
