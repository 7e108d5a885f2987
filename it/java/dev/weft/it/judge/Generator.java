package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes a program from a seed. Most programs are many tasks, some use a {@link dev.weft.loop.Runner}, some iterate over
 * asynchronous generators. Bodies spawn and call only later bodies, so every program ends. There are few objects, so
 * tasks compete for them.
 *
 * <p>Where versions of CPython differ, the generator makes a case only for versions that behave as the newest:
 *
 * <ul>
 *   <li>{@code TaskGroup.cancel} exists since 3.15. Before, a cancellation from outside that arrives while a group waits
 *       (TG-9) can be lost, but only in a group that is cancelled in this way.
 *   <li>Eager children of a group: before 3.15 the group saw the end of a child at once, inside {@code create_task}.
 *   <li>A cancelled step of {@code as_completed} was consumed before 3.15. No program tries such a step again.
 * </ul>
 *
 * <p>Only for 3.13 it makes futures of {@code java.util.concurrent} that end on the loop's own thread (FUT-14).
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
