package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes a program from a seed. Bodies spawn and call only bodies that come later, so that every program ends; there are
 * few objects, so that tasks get in one another's way.
 *
 * <p>What CPythons disagree about is made only for those that do it as the newest does:
 *
 * <ul>
 *   <li>{@code TaskGroup.cancel} exists since 3.15; a cancellation that arrives while a group waits and that the group
 *       has not asked for (TG-9) can be lost before, but only in a group that is cancelled so;
 *   <li>eager children of a group: before 3.15 the group saw the end of a child at once, inside {@code create_task};
 *   <li>a step of {@code as_completed} that is cancelled was consumed before 3.15: here none is tried again.
 * </ul>
 */
final class Generator {

  private static final int BODIES = 5;
  private static final int CALLBACKS = 3;
  private static final int MAX_DEPTH = 3;

  /* Statements that meet one another often enough only in programs made mostly of them. A third
   * of all programs has no theme. */
  private static final List<List<String>> THEMES = List.of(
      List.of(),
      List.of(),
      List.of(),
      List.of("acquire l0", "release l0", "sleep 0", "cancel t0", "with l0"),
      List.of(
          "condwait c0",
          "condwaitfor c0 2",
          "condnotify c0 1",
          "condcount c0",
          "condnotifyall c0",
          "cancel t1"),
      List.of(
          "acquire s0",
          "release s0",
          "acquire s1",
          "release s1",
          "state s0",
          "cancel t0",
          "sleep 1"),
      List.of(
          "barrierwait b0",
          "barrierwait b0",
          "barrierreset b0",
          "barrierabort b0",
          "state b0",
          "cancel t0",
          "sleep 0"),
      List.of(
          "queueget q0",
          "queueput q0 1",
          "queueputnow q0 2",
          "queuegetnow q0",
          "queuedone q0",
          "queuejoin q0",
          "cancel t1"),
      List.of(
          "queueget q1",
          "queueput q1 1",
          "queueput q1 3",
          "queueputnow q1 2",
          "sleep 0",
          "cancel t0",
          "queueshutdown q1 false"));

  private final Random random;
  private final boolean modern;
  private int body; // the one that is being made
  private int messages;
  private boolean eager; // all tasks are
  private List<String> theme;

  private Generator(long seed, boolean modern) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.modern = modern;
  }

  /**
   * The program of a seed.
   *
   * @param modern whether it may hold what only CPython 3.15 and later do as Weft does
   */
  static Program generate(long seed, boolean modern) {
    return new Generator(seed, modern).program();
  }

  private Program program() {
    var top = new ArrayList<Statement>();
    for (int i = 0; i < 3; i++) {
      top.add(Statement.of("future f" + i));
    }
    top.add(Statement.of("event e0"));
    top.add(Statement.of("lock l0"));
    top.add(Statement.of("condition c0"));
    top.add(Statement.of("condition c1 l0"));
    top.add(Statement.of("semaphore s0 " + random.nextInt(3)));
    top.add(Statement.of("bounded s1 " + (1 + random.nextInt(2))));
    top.add(Statement.of("barrier b0 " + (1 + random.nextInt(3))));
    top.add(Statement.of(
        "queue q0 " + pick("fifo", "fifo", "lifo", "priority") + " " + random.nextInt(3)));
    top.add(Statement.of(
        "queue q1 " + pick("fifo", "lifo", "priority") + " " + (1 + random.nextInt(2))));
    top.add(Statement.of("variable v0"));
    top.add(Statement.of("context x0"));
    eager = modern && chance(10);
    if (eager) {
      top.add(Statement.of("factory eager"));
    }
    theme = THEMES.get(random.nextInt(THEMES.size()));
    for (int i = 0; i < CALLBACKS; i++) {
      body = BODIES - 2; // callbacks may spawn the last body
      top.add(Statement.of("callback a" + i, statements(1 + random.nextInt(3), this::instant)));
    }
    for (body = 0; body < BODIES; body++) {
      var statements = new ArrayList<Statement>();
      if (body == 0) {
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
          statements.add(Statement.of(spawn()));
        }
      }
      statements.addAll(block(1, 2 + random.nextInt(6)));
      top.add(Statement.of("body k" + body, statements));
    }
    top.add(Statement.of(
        "body leaf", List.of(Statement.of("sleep " + delay()), Statement.of("return 7"))));
    return new Program(top);
  }

  private interface Maker {
    Statement make();
  }

  private static List<Statement> statements(int count, Maker maker) {
    var made = new ArrayList<Statement>();
    for (int i = 0; i < count; i++) {
      made.add(maker.make());
    }
    return made;
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

  /** One of the theme, or two in a row: what comes between a wake-up and its effect is where things go wrong. */
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
    return switch (random.nextInt(32)) {
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
      case 30 -> modern && chance(40) ? "groupcancel " + group() : groupSpawn(group());
      default -> chance(40) ? "raise " + message() : "get v0";
    };
  }

  // ---- statements that may suspend

  private String suspending() {
    return switch (random.nextInt(24)) {
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
      default -> pick("queuejoin " + queue(), "return " + number());
    };
  }

  private Statement compound(int depth) {
    return switch (random.nextInt(14)) {
      case 0, 1, 2 ->
        scope("timeout " + timeout() + " " + pick("-", delay(), delay(), delay()), depth);
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
          "catch " + pick("errors", "cancelled", "cancelled", "all")
              + (chance(50) ? " reraise" : ""),
          block(depth)));
    }
    if (!catches || chance(30)) {
      parts.add(Statement.of("finally", block(depth)));
    }
    return Statement.of(mark("try"), parts);
  }

  // ---- words

  /** Most errors end where they arise, or there would be little program left; few cancellations do. */
  private String mark(String text) {
    int dice = random.nextInt(100);
    String mark = dice < 60 ? "?" : dice < 70 ? "!" : "";
    int end = text.indexOf(' ');
    return end < 0 ? text + mark : text.substring(0, end) + mark + text.substring(end);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private String pick(String... words) {
    return words[random.nextInt(words.length)];
  }

  private String spawn() {
    String operands = slot() + " " + laterBody();
    int dice = random.nextInt(100);
    return dice < 10
        ? "spawneager " + operands
        : dice < 15 ? "spawnin x0 " + operands : "spawn " + operands;
  }

  private String laterBody() {
    return body + 1 < BODIES ? "k" + (body + 1 + random.nextInt(BODIES - body - 1)) : "leaf";
  }

  private String groupSpawn(String group) {
    String op = modern && chance(15) ? "groupeager " : "groupspawn ";
    return op + group + " " + slot() + " " + laterBody();
  }

  private String slot() {
    return "t" + random.nextInt(4);
  }

  private String task() {
    return chance(40) ? "me" : slot();
  }

  private String combined() {
    return "g" + random.nextInt(2);
  }

  private String future() {
    int dice = random.nextInt(100);
    return dice < 45 ? slot() : dice < 80 ? "f" + random.nextInt(3) : dice < 92 ? combined() : "me";
  }

  private String settable() {
    return chance(75) ? "f" + random.nextInt(3) : chance(50) ? combined() : future();
  }

  private String futures() {
    var names = new StringBuilder(future());
    for (int i = random.nextInt(3); i > 0; i--) {
      names.append(' ').append(future());
    }
    return names.toString();
  }

  private String callback() {
    return "a" + random.nextInt(CALLBACKS);
  }

  private String condition() {
    return "c" + random.nextInt(2);
  }

  private String queue() {
    return "q" + random.nextInt(2);
  }

  private String timeout() {
    return "o" + random.nextInt(2);
  }

  private String group() {
    return "r" + random.nextInt(2);
  }

  private String delay() {
    return String.valueOf(chance(15) ? -random.nextInt(2) : 1 + random.nextInt(12));
  }

  private String number() {
    return String.valueOf(random.nextInt(10));
  }

  private String message() {
    return "m" + messages++;
  }
}
