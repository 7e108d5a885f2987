package dev.weft.it.judge;

import static dev.weft.it.judge.Stage.number;

import dev.weft.it.judge.Program.Statement;
import dev.weft.it.judge.Stage.ActionOn;
import dev.weft.it.judge.Stage.Return;
import dev.weft.loop.AsyncGenerator;

/** Asynchronous generators. */
final class Yielding {

  private final Stage stage;

  Yielding(Stage stage) {
    this.stage = stage;
    stage.on("generate", this::generate);
    stage.on("yield", (me, s) -> {
      me.yielder.yield(number(s, 0));
      return null;
    });
    onGenerator("next", (generator, me, s) -> generator.next());
    onGenerator("each", this::each);
    onGenerator("aclose", (generator, me, s) -> {
      generator.close();
      return null;
    });
    stage.on("shutdowngens", (me, s) -> {
      stage.loop.shutdownAsyncgens();
      return null;
    });
  }

  private void onGenerator(String op, ActionOn<AsyncGenerator<Integer>> action) {
    stage.on(op, AsyncGenerator.class, action);
  }

  private Object generate(Strand me, Statement s) {
    String name = s.args().get(0);
    String body = s.args().get(1);
    var strand = new Strand(name);
    stage.name(name, AsyncGenerator.<Integer>of(out -> {
      strand.yielder = out;
      stage.body(body, strand);
    }));
    return null;
  }

  private Return each(AsyncGenerator<Integer> generator, Strand me, Statement s) throws Exception {
    for (Integer value : generator) {
      stage.trace.add(me.label + " " + s.line() + " next " + value);
      Return signal = stage.block(s.body(), me);
      if (signal != null) {
        return signal;
      }
    }
    return null;
  }
}
