package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Chance, and the words of statements. Few objects, so that tasks get in one another's way. */
class Words {

  static final int BODIES = 5;
  static final int CALLBACKS = 3;
  static final int JOBS = 2;
  static final int MAX_DEPTH = 3;

  final Random random;
  final Dialect dialect;
  int body; // the one that is being made
  private int messages;

  /**
   * @param dialect see {@link Generator}
   */
  Words(Random random, Dialect dialect) {
    this.random = random;
    this.dialect = dialect;
  }

  /** Makes a statement. */
  interface Maker {
    Statement make();
  }

  static List<Statement> statements(int count, Maker maker) {
    var made = new ArrayList<Statement>();
    for (int i = 0; i < count; i++) {
      made.add(maker.make());
    }
    return made;
  }

  /** Most errors are caught where they arise, or little of the program would run; few cancellations are. */
  final String mark(String text) {
    int dice = random.nextInt(100);
    String mark = dice < 60 ? "?" : dice < 70 ? "!" : "";
    int end = text.indexOf(' ');
    return end < 0 ? text + mark : text.substring(0, end) + mark + text.substring(end);
  }

  final boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  final String pick(String... words) {
    return words[random.nextInt(words.length)];
  }

  final String spawn() {
    String operands = slot() + " " + laterBody();
    int dice = random.nextInt(100);
    return dice < 10
        ? "spawneager " + operands
        : dice < 15 ? "spawnin x0 " + operands : "spawn " + operands;
  }

  final String laterBody() {
    return body + 1 < BODIES ? "k" + (body + 1 + random.nextInt(BODIES - body - 1)) : "leaf";
  }

  final String groupSpawn(String group) {
    String op = dialect.modern() && chance(15) ? "groupeager " : "groupspawn ";
    return op + group + " " + slot() + " " + laterBody();
  }

  final String slot() {
    return "t" + random.nextInt(4);
  }

  final String task() {
    return chance(40) ? "me" : slot();
  }

  final String combined() {
    return "g" + random.nextInt(2);
  }

  final String future() {
    int dice = random.nextInt(100);
    return dice < 43
        ? slot()
        : dice < 76
            ? "f" + random.nextInt(3)
            : dice < 87 ? combined() : dice < 93 ? foreigner() : "me";
  }

  final String settable() {
    return chance(75) ? "f" + random.nextInt(3) : chance(50) ? combined() : task();
  }

  /** Not settable: asyncio fails an assertion when the thread's result comes after all. */
  final String foreigner() {
    return "d" + random.nextInt(2);
  }

  final String futures() {
    var names = new StringBuilder(future());
    for (int i = random.nextInt(3); i > 0; i--) {
      names.append(' ').append(future());
    }
    return names.toString();
  }

  final String callback() {
    return "a" + random.nextInt(CALLBACKS);
  }

  final String job() {
    return "j" + random.nextInt(JOBS);
  }

  final String condition() {
    return "c" + random.nextInt(2);
  }

  final String queue() {
    return "q" + random.nextInt(2);
  }

  final String timeout() {
    return "o" + random.nextInt(2);
  }

  final String group() {
    return "r" + random.nextInt(2);
  }

  final String delay() {
    return String.valueOf(chance(15) ? -random.nextInt(2) : 1 + random.nextInt(12));
  }

  final String number() {
    return String.valueOf(random.nextInt(10));
  }

  final String message() {
    return "m" + messages++;
  }
}
