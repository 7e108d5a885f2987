package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes a program from a seed: most are a crowd of tasks, some are run by a {@link dev.weft.loop.Runner}, some iterate
 * over asynchronous generators. Bodies spawn and call only bodies that come later, so that every program ends; there are
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
 *
 * <p>Only for 3.13: futures of {@code java.util.concurrent} that end on the loop's own thread (FUT-14).
 */
final class Generator {

  private final Random random;
  private final Dialect dialect;
  private final List<Statement> top = new ArrayList<>();

  private Generator(long seed, Dialect dialect) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.dialect = dialect;
  }

  /**
   * The program of a seed.
   *
   * @param dialect of the CPython that is to run it
   */
  static Program generate(long seed, Dialect dialect) {
    var generator = new Generator(seed, dialect);
    if (generator.chance(10)) {
      generator.sequence();
    } else {
      generator.crowd(generator.chance(10));
    }
    return new Program(generator.top);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private void declare(String text, List<Statement> body) {
    top.add(Statement.of(text, body));
  }

  private void declare(String... texts) {
    for (String text : texts) {
      declare(text, List.of());
    }
  }

  private void crowd(boolean byRunner) {
    declare("future f0", "future f1", "future f2");
    declare("event e0", "lock l0", "condition c0", "condition c1 l0");
    declare("semaphore s0 " + random.nextInt(3), "bounded s1 " + (1 + random.nextInt(2)));
    declare("barrier b0 " + (1 + random.nextInt(3)));
    declare("queue q0 " + pick("fifo", "fifo", "lifo", "priority") + " " + random.nextInt(3));
    declare("queue q1 " + pick("fifo", "lifo", "priority") + " " + (1 + random.nextInt(2)));
    declare("variable v0", "context x0", "executor p0", "foreign z0", "foreign z1");
    boolean eager = dialect.modern() && chance(10);
    if (eager) {
      declare("factory eager");
    }
    if (byRunner) {
      declare("main k0", "main k1 x0", "main k2");
    } else {
      declare("default p0"); // closing a runner would wait for its threads
    }
    var statements =
        new Statements(random, dialect, Themes.pick(random, dialect), eager, chance(20), !byRunner);
    for (int i = 0; i < Words.CALLBACKS; i++) {
      declare("callback a" + i, statements.ofCallback());
    }
    for (int i = 0; i < Words.JOBS; i++) {
      declare("job j" + i, statements.ofJob());
    }
    for (int i = 0; i < Words.BODIES; i++) {
      declare("body k" + i, statements.ofBody(i));
    }
    declare(
        "body leaf",
        List.of(Statement.of("sleep " + statements.delay()), Statement.of("return 7")));
  }

  private void sequence() {
    declare("future f0", "future f1", "lock l0");
    var statements = new Sequences(random, dialect);
    for (int i = 0; i < Words.CALLBACKS; i++) {
      declare("callback a" + i, statements.ofCallback());
    }
    declare("generator y0", statements.ofGenerator());
    declare("generator y1", statements.ofGenerator());
    declare("body k0", statements.ofMain());
  }

  private String pick(String... words) {
    return words[random.nextInt(words.length)];
  }
}
