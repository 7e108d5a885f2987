package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The statements of tasks, callbacks and jobs. */
final class Statements extends Words {

  private final List<String> theme;
  private final boolean eager;
  private final boolean fatal;
  private final boolean pooled;

  /**
   * @param theme statements that are to come often
   * @param eager whether all tasks are
   * @param fatal whether some errors are
   * @param pooled whether the loop's default executor is a manual one
   */
  Statements(
      Random random,
      Dialect dialect,
      List<String> theme,
      boolean eager,
      boolean fatal,
      boolean pooled) {
    super(random, dialect);
    this.theme = theme;
    this.eager = eager;
    this.fatal = fatal;
    this.pooled = pooled;
  }

  /** The statements of a task's body. */
  List<Statement> ofBody(int number) {
    body = number;
    var statements = new ArrayList<Statement>();
    if (number == 0) {
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        statements.add(Statement.of(spawn()));
      }
    }
    statements.addAll(block(1, 2 + random.nextInt(6)));
    return statements;
  }

  /** The statements of a callback, which may spawn the last body. */
  List<Statement> ofCallback() {
    body = BODIES - 2;
    return statements(1 + random.nextInt(3), this::instant);
  }

  /** The statements of a job, which runs on another thread. */
  List<Statement> ofJob() {
    body = BODIES - 2;
    return statements(1 + random.nextInt(3), () -> Statement.of(mark(jobText())));
  }

  private String jobText() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> "soonsafe h2 " + callback();
      case 2 -> "submit w0 " + laterBody();
      case 3, 4 -> foreign();
      case 5 -> pick("get v0", "set v0 " + number());
      case 6 -> fatal && chance(30) ? "fatal" : "raise " + message();
      default -> "return " + number();
    };
  }

  /** What any thread may do with futures that do not belong to the loop. */
  private String foreign() {
    return switch (random.nextInt(4)) {
      case 0 -> "foreigncomplete z" + random.nextInt(2) + " " + number();
      case 1 -> "foreignfail z" + random.nextInt(2) + " " + message();
      case 2 ->
        // w0 cancelled in the first step of its eager coroutine: newer CPython notices at once
        // (FUT-14)
        "foreigncancel " + (eager ? pick("z0", "z1") : pick("z0", "z1", "w0", "w0"));
      default -> "state " + pick("z0", "z1", "w0");
    };
  }

  private List<Statement> block(int depth, int count) {
    return statements(count, () -> statement(depth));
  }

  private List<Statement> block(int depth) {
    return block(depth + 1, 1 + random.nextInt(3));
  }

  private Statement statement(int depth) {
    if (!theme.isEmpty() && chance(35)) {
      return ofTheme(depth);
    }
    int dice = random.nextInt(100);
    if (dice < 40) {
      return instant();
    } else if (dice < 72 || depth >= MAX_DEPTH) {
      return Statement.of(mark(suspending()));
    }
    return compound(depth);
  }

  /** One or two statements of the theme in a row, because errors occur between a wake-up and its effect. */
  private Statement ofTheme(int depth) {
    String text = theme.get(random.nextInt(theme.size()));
    if (text.startsWith("with ")) {
      return scope(text, depth);
    } else if (text.startsWith("cond")) {
      return Statement.of(
          mark("with c0"),
          List.of(
              Statement.of(mark(text)),
              Statement.of(mark(chance(50) ? "condnotify c0 1" : "sleep 0"))));
    } else if (chance(25)) {
      String cancel = "cancel " + slot() + " " + message();
      return Statement.of(
          "repeat 1", List.of(Statement.of(mark(text)), Statement.of(mark(cancel))));
    }
    return Statement.of(mark(text));
  }

  // ---- statements that never suspend; callbacks have only these

  private Statement instant() {
    return Statement.of(mark(instantText()));
  }

  private String instantText() {
    if (fatal && chance(6)) {
      return pick(
          "fatal", "failfatal " + settable(), "handler " + pick("fatal", "fails", "returns"));
    }
    return switch (random.nextInt(37)) {
      case 0, 1, 2, 3 -> spawn();
      case 4, 5 -> "complete " + settable() + " " + number();
      case 6 -> "fail " + settable() + " " + message();
      case 7, 8, 9 -> "cancel " + future() + (chance(60) ? " " + message() : "");
      case 10 -> "uncancel " + task();
      case 11 ->
        "state "
            + pick(future(), task(), "e0", "l0", "c1", "s0", "s1", "b0", "q0", "q1", "h0", "o0");
      case 12 -> pick("result ", "exception ") + future();
      case 13 -> pick("soon h0 ", "soon h0 ", "soonin x0 ") + callback();
      case 14 -> pick("later h", "at h") + random.nextInt(2) + " " + delay() + " " + callback();
      case 15 -> "unhandle h" + random.nextInt(2);
      case 16, 17 -> pick("watch ", "watch ", "watchin x0 ") + future() + " " + callback();
      case 18 -> "unwatch " + future() + " " + callback();
      case 19 -> pick("set v0 " + number(), "get v0", "current");
      case 20 -> pick("gather ", "outcomes ") + combined() + " " + futures();
      case 21 -> "shield " + combined() + " " + future();
      case 22 -> pick("release ", "release ") + pick("l0", "c0", "c1", "s0", "s1");
      case 23 -> pick("eventset e0", "eventset e0", "eventclear e0");
      case 24 -> "condcount " + condition();
      case 25 ->
        pick(
            "condnotify " + condition() + " " + (1 + random.nextInt(2)),
            "condnotifyall " + condition());
      case 26, 27 -> pick("queueputnow " + queue() + " " + number(), "queuegetnow " + queue());
      case 28 -> "queuedone " + queue();
      case 29 ->
        chance(30)
            ? "queueshutdown " + queue() + " " + chance(40)
            : "reschedule " + timeout() + " " + pick("-", delay());
      case 30 -> dialect.modern() && chance(40) ? "groupcancel " + group() : groupSpawn(group());
      case 31 -> "execute " + foreigner() + " p0 " + job();
      case 32 -> pick("work p0", "soonsafe h2 " + callback());
      case 33 -> !dialect.noticesLate() || chance(50) ? "submit w0 " + laterBody() : foreign();
      case 34 ->
        "wrap " + foreigner() + " "
            + (dialect.noticesLate() ? pick("z0", "z1", "w0") : pick("z0", "z1"));
      case 35 ->
        chance(20) ? "stop" : pick("rename " + task() + " n1", "name " + task(), "alltasks");
      default -> chance(40) ? "raise " + message() : "get v0";
    };
  }

  // ---- statements that may suspend

  private String suspending() {
    return switch (random.nextInt(25)) {
      case 0, 1, 2, 3, 4 -> "await " + future();
      case 5, 6 -> "sleep 0";
      case 7, 8 -> "sleep " + delay();
      case 9 -> "waitfor " + future() + " " + delay();
      case 10 -> "waitforcall " + laterBody() + " " + (eager ? "3" : delay());
      case 11 -> "call " + laterBody();
      case 12 -> "results " + pick("-", delay()) + " " + futures();
      case 13 ->
        "wait " + pick("first", "exception", "all") + " " + pick("-", delay()) + " " + futures();
      case 14, 15 -> "acquire " + pick("l0", "c0", "c1", "s0", "s1");
      case 16 -> "eventwait e0";
      case 17 ->
        pick(
            "condwait " + condition(),
            "condwaitfor " + condition() + " " + (1 + random.nextInt(3)));
      case 18 -> "barrierwait b0";
      case 19 -> pick("barrierwait b0", "barrierwait b0", "barrierreset b0", "barrierabort b0");
      case 20, 21 -> "queueget " + queue();
      case 22 -> "queueput " + queue() + " " + number();
      case 23 -> pooled ? "tothread " + job() : "await " + foreigner();
      default -> pick("queuejoin " + queue(), "return " + number());
    };
  }

  private Statement compound(int depth) {
    return switch (random.nextInt(14)) {
      case 0, 1, 2 ->
        scope(
            chance(20)
                ? "timeoutat " + timeout() + " " + delay()
                : "timeout " + timeout() + " " + pick("-", delay(), delay(), delay()),
            depth);
      case 3, 4, 5 -> groupOf(depth);
      case 6, 7, 8 -> attempt(depth);
      case 9 -> scope("with " + pick("l0", "s0", "s1"), depth);
      case 10, 11 -> conditionOf(depth);
      case 12 -> scope("repeat " + (1 + random.nextInt(3)), depth);
      default -> scope("completed " + pick("-", delay()) + " " + futures(), depth);
    };
  }

  private Statement scope(String text, int depth) {
    return Statement.of(mark(text), block(depth));
  }

  private Statement groupOf(int depth) {
    String group = group();
    var statements = new ArrayList<Statement>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      statements.add(Statement.of(groupSpawn(group)));
    }
    statements.addAll(block(depth));
    return Statement.of(mark("group " + group), statements);
  }

  private Statement conditionOf(int depth) {
    String condition = condition();
    var statements = new ArrayList<Statement>();
    if (chance(60)) {
      statements.add(Statement.of(mark(pick(
          "condwait " + condition,
          "condwaitfor " + condition + " " + (1 + random.nextInt(3)),
          "condnotify " + condition + " " + (1 + random.nextInt(2)),
          "condnotifyall " + condition))));
    }
    statements.addAll(block(depth));
    return Statement.of(mark("with " + condition), statements);
  }

  private Statement attempt(int depth) {
    var parts = new ArrayList<Statement>();
    parts.add(Statement.of("do", block(depth)));
    boolean catches = chance(70);
    if (catches) {
      parts.add(Statement.of(
          "catch "
              + (fatal && chance(30) ? "fatal" : pick("errors", "cancelled", "cancelled", "all"))
              + (chance(50) ? " reraise" : ""),
          block(depth)));
    }
    if (!catches || chance(30)) {
      parts.add(Statement.of("finally", block(depth)));
    }
    return Statement.of(mark("try"), parts);
  }
}
