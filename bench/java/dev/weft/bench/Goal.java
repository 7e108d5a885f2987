package dev.weft.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/*
 * The names of figures in Results: "1k64.protocol.efficiency" is the CPU time of bare NIO at that point divided by that
 * of the named server, so more is better. "tasks.yields.ratio" is the CPU time of Weft divided by that of bare virtual
 * threads. Ratios and all other figures, which are in nanoseconds or bytes, are better if they are smaller.
 */

/**
 * A limit for a figure.
 *
 * @param what the operation or load, as the table names it
 * @param figure the name of the figure
 * @param format the format of the figure in the table
 * @param most whether the limit is a maximum, or else a minimum
 * @param limit the limit, 0 for none
 * @param rivals other figures that this one must exceed by a factor
 * @param notes figures that the table shows beside this one
 * @param bare an operation that tells the speed of this machine, if the limit was set on another one; null for none
 */
record Goal(
    String what,
    String figure,
    String format,
    boolean most,
    double limit,
    List<Rival> rivals,
    List<Note> notes,
    Bare bare) {

  /**
   * A figure that the goal's figure must exceed by a factor.
   *
   * @param title the title in the table
   * @param figure the name of the figure
   * @param factor the factor
   */
  record Rival(String title, String figure, double factor) {}

  /**
   * A figure that the table shows beside the goal's.
   *
   * @param figure the name of the figure
   * @param format the format of the figure in the table
   */
  record Note(String figure, String format) {}

  /**
   * An operation of the JDK alone, measured on this machine and on the one where the limit was set.
   *
   * @param title the operation
   * @param figure the name of the figure for this machine
   * @param there nanoseconds for the operation on the machine where the limit was set
   */
  record Bare(String title, String figure, double there) {

    /** The time on this machine divided by the time on the other; 1 if there is no figure. */
    double slowdown(Results results) {
      return results.number(figure).orElse(there) / there;
    }
  }

  private static final Bare CALL = new Bare("a call", "tasks.callbacks.bareNanos", 6);
  private static final Bare SPAWN = new Bare("a spawn", "tasks.spawnFinish.bareNanos", 73);
  private static final Bare SPAWN_JOIN = new Bare("a spawn", "tasks.spawnJoin.bareNanos", 234);
  private static final Bare SWITCH = new Bare("a switch", "tasks.pingPong.bareNanos", 145);

  private static final String TIMES = "%.2f";
  private static final String NANOS = "%,.0f ns";
  private static final String BYTES = "%,.0f bytes";

  /** All goals, in the order of the table. */
  static List<Goal> all() {
    var goals = new ArrayList<Goal>();
    for (String form : List.of("buffered", "protocol")) {
      goals.add(protocol(form, "1 KiB, 64 connections", "1k64", 0.97));
      goals.add(protocol(form, "10 KiB, 64 connections", "10k64", 0.97));
      goals.add(protocol(form, "100 KiB, 16 connections", "100k16", 0.97));
      goals.add(protocol(form, "64 B, 1,000 connections", "64b1000", 0.95));
      goals.add(protocol(form, "1 KiB, 16 in flight on each of 64 connections", "1k64d16", 0));
    }
    goals.add(streams("1 KiB, 64 connections", "1k64", 0.93));
    goals.add(streams("10 KiB, 64 connections", "10k64", 0.90));
    goals.add(streams("100 KiB, 16 connections", "100k16", 0.90));
    goals.add(streams("64 B, 1,000 connections", "64b1000", 0.90));
    goals.add(echo(
        "thread for each connection on `LoopSockets`, 1 KiB, 64 connections",
        "1k64",
        "loopthreads",
        0.90,
        new Rival("the JDK's virtual threads", "1k64.threads.efficiency", 1.25)));
    goals.add(echo("protocol, a connection for each 64 B", "churn", "protocol", 0.95));
    goals.add(atMost("an idle connection, protocol, of 10,000", "idle.protocol.heap", BYTES, 1500));
    goals.add(atMost("an idle connection, streams, of 10,000", "idle.streams.heap", BYTES, 2500));
    goals.add(timesBare("switch between two tasks by futures", "pingPong", 1.25));
    goals.add(timesBare("yield, two tasks in turn", "yields", 1.25));
    goals.add(nanos("spawn and join an empty task", "spawnJoin", 400, SPAWN_JOIN));
    goals.add(nanos("`call_soon`, in batches", "callbacks", 20, CALL));
    goals.add(nanos("`call_soon`, each by the one before", "callbackChain", 300, CALL));
    goals.add(nanos("`call_later` and cancel, among 1,000 timers", "timers1000", 100, CALL));
    goals.add(nanos("the same, among 1,000,000", "timers1000000", 200, CALL));
    goals.add(nanos("a timeout scope around nothing", "timeout", 400, CALL));
    goals.add(nanos("an item through a queue of 1", "queue1", 500, SWITCH));
    goals.add(nanos("an item through a queue of 100", "queue100", 60, CALL));
    goals.add(nanos("`gather` of 100 empty tasks", "gather", 25_000, SPAWN));
    goals.add(nanos("`TaskGroup` of 100 empty tasks", "taskGroup", 25_000, SPAWN));
    goals.add(atMost("a sleeping task", "tasks.sleeping.heap", BYTES, 900));
    return goals;
  }

  private static Goal protocol(String form, String load, String point, double limit) {
    return echo(
        (form.equals("buffered") ? "buffered protocol, " : "protocol, ") + load,
        point,
        form,
        limit,
        rival("Netty epoll", point, "netty-epoll"),
        rival("Netty NIO", point, "netty"),
        rival("uvloop", point, "uvloop"));
  }

  private static Goal streams(String load, String point, double limit) {
    return echo(
        "streams, " + load,
        point,
        "streams",
        limit,
        new Rival("uvloop streams", point + ".uvloop-streams.efficiency", 1.4));
  }

  private static Rival rival(String title, String point, String server) {
    return new Rival(title, point + "." + server + ".efficiency", 1);
  }

  private static Goal echo(String what, String point, String form, double limit, Rival... rivals) {
    String server = point + "." + form;
    return new Goal(
        "echo, " + what,
        server + ".efficiency",
        TIMES,
        false,
        limit,
        List.of(rivals),
        List.of(new Note(server + ".micros", "%.1f µs")),
        null);
  }

  private static Goal timesBare(String what, String operation, double limit) {
    String name = "tasks." + operation;
    return new Goal(
        what,
        name + ".ratio",
        "%.2f times",
        true,
        limit,
        List.of(),
        List.of(new Note(name + ".nanos", NANOS), new Note(name + ".bareNanos", "bare " + NANOS)),
        null);
  }

  private static Goal nanos(String what, String operation, double limit, Bare bare) {
    String figure = "tasks." + operation + ".nanos";
    return new Goal(what, figure, NANOS, true, limit, List.of(), List.of(), bare);
  }

  private static Goal atMost(String what, String figure, String format, double limit) {
    return new Goal(what, figure, format, true, limit, List.of(), List.of(), null);
  }

  // ---- the goal beside the figures

  /** The goal's row of the table. */
  String row(Results results) {
    return "| " + what + " | " + must() + " | " + measured(results) + " | " + verdict(results)
        + " |";
  }

  private String must() {
    var must = new ArrayList<String>();
    if (limit > 0) {
      must.add((most ? "<= " : ">= ")
          + text(format, limit)
          + (figure.endsWith(".efficiency") ? " of bare NIO" : "")
          + (figure.endsWith(".ratio") ? " bare" : ""));
    }
    String ahead = rivals.stream()
        .filter(rival -> rival.factor == 1)
        .map(Rival::title)
        .collect(Collectors.joining(", "));
    if (!ahead.isEmpty()) {
      must.add("ahead of " + ahead);
    }
    for (Rival rival : rivals) {
      if (rival.factor != 1) {
        must.add(text(TIMES, rival.factor) + " times " + rival.title);
      }
    }
    return String.join("; ", must);
  }

  private String measured(Results results) {
    OptionalDouble own = results.number(figure);
    if (own.isEmpty()) {
      return "-";
    }
    var beside = new ArrayList<String>();
    for (Note note : notes) {
      results.number(note.figure).ifPresent(value -> beside.add(text(note.format, value)));
    }
    for (Rival rival : rivals) {
      OptionalDouble other = results.number(rival.figure);
      beside.add(rival.title + " " + (other.isPresent() ? text(TIMES, other.getAsDouble()) : "-"));
    }
    return text(format, own.getAsDouble())
        + (beside.isEmpty() ? "" : " (" + String.join(", ", beside) + ")");
  }

  private String verdict(Results results) {
    OptionalDouble own = results.number(figure);
    if (own.isEmpty()) {
      return "-";
    }
    if (isMet(own.getAsDouble(), results)) {
      return "met";
    }
    if (bare == null || own.getAsDouble() > limit * bare.slowdown(results)) {
      return "**missed**";
    }
    return String.format(
        Locale.ROOT,
        "met for this machine, where %s of the bare JDK takes %.1f times as long",
        bare.title,
        bare.slowdown(results));
  }

  private boolean isMet(double own, Results results) {
    return (most ? own <= limit : own >= limit)
        && rivals.stream()
            .allMatch(
                rival -> own >= rival.factor * results.number(rival.figure).orElse(0));
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
