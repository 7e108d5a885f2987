package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The statements of programs with asynchronous generators. Each value costs Weft two places in the ready queue that it
 * does not cost CPython. In these programs no two entries are therefore ready at the same time: there is one task, and
 * each callback has its own time. The task does not cancel itself either, because the cancellation would end the request
 * for a value in Weft, and the body's first wait in CPython.
 */
final class Sequences extends Words {

  Sequences(Random random, Dialect dialect) {
    super(random, dialect);
  }

  /** The statements of the task. */
  List<Statement> ofMain() {
    var statements = new ArrayList<Statement>();
    statements.add(Statement.of("generate i0 y0"));
    if (chance(50)) {
      statements.add(Statement.of("generate i1 y1"));
    }
    statements.addAll(statements(4 + random.nextInt(6), () -> statement(1, false)));
    return statements;
  }

  /** The statements of a generator. */
  List<Statement> ofGenerator() {
    var statements =
        new ArrayList<Statement>(statements(1 + random.nextInt(4), () -> statement(1, true)));
    statements.add(Statement.of("yield " + number()));
    statements.addAll(statements(random.nextInt(3), () -> statement(1, true)));
    return statements;
  }

  /** The statement of a callback. */
  List<Statement> ofCallback() {
    return List.of(Statement.of(mark(
        switch (random.nextInt(6)) {
          case 0, 1 -> "complete " + own() + " " + number();
          case 2 -> "fail " + own() + " " + message();
          default -> "cancel main " + message();
        })));
  }

  private String own() {
    return "f" + random.nextInt(2);
  }

  private Statement statement(int depth, boolean inGenerator) {
    int dice = random.nextInt(100);
    if (inGenerator && dice < 35) {
      return Statement.of("yield " + number());
    } else if (!inGenerator && dice < 40) {
      return Statement.of(mark(iteration()));
    } else if (dice < 75 || depth >= MAX_DEPTH) {
      return Statement.of(mark(plain()));
    }
    return compound(depth, inGenerator);
  }

  private String iteration() {
    String generator = "i" + random.nextInt(2);
    return switch (random.nextInt(8)) {
      case 0 -> "generate " + generator + " y" + random.nextInt(2);
      case 1, 2 -> "aclose " + generator;
      case 3 ->
        chance(30) ? "shutdowngens" : pick("current", "state main"); // a body has a task of its own
      default -> "next " + generator;
    };
  }

  private String plain() {
    return switch (random.nextInt(12)) {
      case 0, 1 -> "sleep " + delay();
      case 2 -> "sleep 0";
      case 3, 4 -> "await " + own();
      case 5 -> "waitfor " + own() + " " + delay();
      case 6, 7, 8 -> "later h0 " + (1 + random.nextInt(9)) + " " + callback();
      case 9 -> "complete " + own() + " " + number();
      case 10 -> "state " + pick("f0", "f1", "l0");
      default -> pick("raise " + message(), "acquire l0", "release l0");
    };
  }

  private Statement compound(int depth, boolean inGenerator) {
    Maker maker = () -> statement(depth + 1, inGenerator);
    int count = 1 + random.nextInt(3);
    return switch (random.nextInt(6)) {
      case 0 -> Statement.of("repeat " + (1 + random.nextInt(3)), statements(count, maker));
      case 1 ->
        inGenerator
            ? Statement.of(mark("with l0"), statements(count, this::ordinary))
            : Statement.of(mark("each i" + random.nextInt(2)), statements(count, maker));
      case 2 ->
        // a generator must not yield out of a timeout
        Statement.of(mark("timeout o0 " + delay()), statements(count, this::ordinary));
      default -> attempt(depth, inGenerator);
    };
  }

  private Statement ordinary() {
    return Statement.of(mark(plain()));
  }

  private Statement attempt(int depth, boolean inGenerator) {
    Maker maker = () -> statement(depth + 1, inGenerator);
    var parts = new ArrayList<Statement>();
    parts.add(Statement.of("do", statements(1 + random.nextInt(3), maker)));
    boolean catches = chance(60);
    if (catches) {
      parts.add(Statement.of(
          "catch " + pick("errors", "cancelled", "all") + (chance(50) ? " reraise" : ""),
          statements(1 + random.nextInt(2), maker)));
    }
    if (!catches || chance(40)) {
      // There is no value in there: if the body is asked again after the close, it ends with a
      // GeneratorExit that its
      // user sees, and the interpreters trace those differently.
      Maker last = inGenerator ? this::ordinary : maker;
      parts.add(Statement.of("finally", statements(1 + random.nextInt(2), last)));
    }
    return Statement.of(inGenerator ? "try" : mark("try"), parts);
  }
}
