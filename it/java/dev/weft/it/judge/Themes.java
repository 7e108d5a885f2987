package dev.weft.it.judge;

import java.util.List;
import java.util.Random;

/** Statements that rarely meet except in programs made mostly of them. A fourth of all programs has no theme. */
final class Themes {

  // cancelling what wraps a coroutine's future ends that one on the loop's own thread
  private static final String FOR_OLDER = "wrap d0 w0";
  private static final List<List<String>> ALL = List.of(
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
          "queueshutdown q1 false"),
      List.of(
          "execute d0 p0 j0",
          "execute d1 p0 j1",
          "work p0",
          "work p0",
          "await d0",
          "await d1",
          "cancel d0",
          "soonsafe h2 a0",
          "soon h1 a1"),
      List.of(
          "submit w0 leaf",
          FOR_OLDER,
          "wrap d1 z0",
          "await d0",
          "await d1",
          "cancel d0",
          "execute d0 p0 j1",
          "execute d1 p0 j0",
          "work p0"));

  private Themes() {}

  /**
   * Chooses one.
   *
   * @param dialect see {@link Generator}
   */
  static List<String> pick(Random random, Dialect dialect) {
    List<String> theme = ALL.get(random.nextInt(ALL.size()));
    return dialect.noticesLate()
        ? theme
        : theme.stream().filter(text -> !text.equals(FOR_OLDER)).toList();
  }
}
