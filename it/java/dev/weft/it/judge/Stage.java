package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingCallable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The state of a program that runs: the objects that it has named so far, its tasks, and how statements are executed.
 */
final class Stage {

  private static final int MAX_TASKS = 60;
  private static final int MAX_CALLS = 100;

  /** The action of the statements of one kind. */
  interface Action {

    /** Returns the text for the trace. A {@link Return} ends the body. */
    Object perform(Strand me, Statement s) throws Exception;
  }

  /** The action of statements of one kind on an object, if it already exists. */
  interface ActionOn<T> {
    Object perform(T thing, Strand me, Statement s) throws Exception;
  }

  /** The exceptions that programs raise. */
  static final class Err extends Exception {
    private static final long serialVersionUID = 1L;

    Err(String message) {
      super(message);
    }
  }

  /** The end of a body, thrown through its statements. */
  record Return(Integer value) {}

  final EventLoop loop;
  final Trace trace;
  private final Map<String, Action> actions = new HashMap<>();
  private final Map<String, Object> named = new HashMap<>(); // by the names that the program uses
  private final Map<String, List<Statement>> bodies = new HashMap<>();
  private final List<Task<?>> tasks = new ArrayList<>();
  private final Map<Future<?>, Collection<Future<?>>> edges =
      new HashMap<>(); // what a task awaits, and what a gather gathers
  private final Set<Long> deadlines = new HashSet<>();
  private int spawned;
  private int calls; // of callbacks, which may register themselves again

  Stage(EventLoop loop) {
    this.loop = loop;
    this.trace = new Trace(loop);
  }

  // ---- what there is

  /** Sets the action of the statements that begin with {@code op}. */
  void on(String op, Action action) {
    actions.put(op, action);
  }

  /** The same for statements whose first word after {@code op} names their object. */
  <T> void on(String op, Class<? super T> type, ActionOn<T> action) {
    on(op, (me, s) -> {
      @SuppressWarnings(
          "unchecked") // the type's parameters: all variables, queues and such are of numbers
      T thing = (T) type.cast(find(me, s.args().get(0)));
      return thing == null ? "none" : action.perform(thing, me, s);
    });
  }

  void name(String name, Object thing) {
    named.put(name, thing);
  }

  void name(String name, Future<?> future, String label) {
    named.put(name, future);
    trace.label(future, label);
  }

  void addBody(String name, List<Statement> statements) {
    bodies.put(name, statements);
  }

  List<Task<?>> tasks() {
    return tasks;
  }

  Object find(Strand me, String name) {
    return name.equals("me") ? me.task : named.get(name);
  }

  List<Future<?>> findAll(Strand me, List<String> names) {
    var found = new ArrayList<Future<?>>();
    for (String name : names) {
      if (find(me, name) instanceof Future<?> future) {
        found.add(future);
      }
    }
    return found;
  }

  static int number(Statement s, int index) {
    return Integer.parseInt(s.args().get(index));
  }

  // ---- executing

  Return block(List<Statement> statements, Strand me) throws Exception {
    for (Statement s : statements) {
      Return signal = statement(s, me);
      if (signal != null) {
        return signal;
      }
    }
    return null;
  }

  private Return statement(Statement s, Strand me) throws Exception {
    String text = me.label + " " + s.line() + " " + s.text();
    trace.add(text);
    Object result;
    try {
      result = actions.get(s.op()).perform(me, s);
    } catch (Throwable error) {
      trace.add(text + " !! " + trace.show(error));
      if (error instanceof CancelledError && s.swallowsCancellation()
          || error instanceof Exception && s.swallowsErrors()) {
        return null;
      }
      throw error;
    }
    trace.add(text + " = " + trace.show(result));
    return result instanceof Return end ? end : null;
  }

  Integer body(String name, Strand me) throws Exception {
    Return signal = block(bodies.get(name), me);
    return signal == null ? null : signal.value;
  }

  /** A task's coroutine. */
  Integer coroutine(String name, Strand me) throws Exception {
    adopt(me, Task.current().orElseThrow()); // an eager task begins before its creator knows it
    trace.add(me.label + " begins " + name);
    Integer result;
    try {
      result = body(name, me);
    } catch (Throwable error) {
      trace.add(me.label + " fails " + trace.show(error) + " cancelling=" + me.cancelling());
      throw error;
    }
    trace.add(me.label + " returns " + trace.show(result) + " cancelling=" + me.cancelling());
    return result;
  }

  private void adopt(Strand me, Task<?> task) {
    if (me.task == null) {
      me.task = task;
      tasks.add(task);
      trace.label(task, me.label);
    }
  }

  // ---- tasks and callbacks

  boolean maySpawn() {
    return spawned < MAX_TASKS;
  }

  /** Of a task that is about to be made. */
  Strand newStrand() {
    return new Strand("T" + spawned++);
  }

  String spawn(
      String slot, String name, Function<ThrowingCallable<Integer, ?>, Task<Integer>> create) {
    if (!maySpawn()) {
      return "limit";
    }
    Strand me = newStrand();
    Task<Integer> task = create.apply(() -> coroutine(name, me));
    adopt(me, task);
    named.put(slot, task);
    return me.label;
  }

  void runCallback(String name, String text) {
    if (++calls > MAX_CALLS) {
      return;
    }
    trace.add(name + " " + text);
    try {
      block(bodies.get(name), new Strand(name));
    } catch (Exception error) {
      throw Stage.<RuntimeException>undeclared(error);
    }
  }

  @SuppressWarnings("unchecked")
  static <E extends Throwable> E undeclared(Throwable error) throws E {
    throw (E) error;
  }

  // ---- time

  /** That time from now, or a little longer: no two deadlines are the same. */
  Duration delay(String text) {
    long delay = Long.parseLong(text);
    long when = loop.time() + delay * VirtualClock.SECOND;
    while (!deadlines.add(when)) {
      when += delay > 0 ? VirtualClock.SECOND : -VirtualClock.SECOND;
    }
    return Duration.ofNanos(when - loop.time());
  }

  Optional<Duration> optionalDelay(String text) {
    return text.equals("-") ? Optional.empty() : Optional.of(delay(text));
  }

  // ---- who waits for whom

  /** Notes that a task waits for a future. */
  void edges(Future<?> from, List<Future<?>> to) {
    edges.put(from, to);
  }

  private boolean reaches(Future<?> future, Task<?> task) {
    return future == task
        || edges.getOrDefault(future, List.of()).stream().anyMatch(next -> reaches(next, task));
  }

  /**
   * Runs code that waits for a future, unless that future waits for this task, because cancelling would then never
   * end.
   */
  Object awaiting(Strand me, Future<?> future, ThrowingCallable<?, ?> code) throws Exception {
    if (reaches(future, me.task)) {
      return "cycle";
    }
    edges.put(me.task, List.of(future));
    try {
      return code.call();
    } finally {
      edges.remove(me.task);
    }
  }
}
