package dev.weft.it.judge;

import dev.weft.Asyncio;
import dev.weft.it.judge.Program.Statement;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Clock;
import dev.weft.loop.Context;
import dev.weft.loop.ContextVar;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.loop.InvalidStateException;
import dev.weft.loop.Task;
import dev.weft.loop.TaskFactory;
import dev.weft.loop.TaskOptions;
import dev.weft.sync.Barrier;
import dev.weft.sync.BoundedSemaphore;
import dev.weft.sync.Condition;
import dev.weft.sync.Event;
import dev.weft.sync.LifoQueue;
import dev.weft.sync.Lock;
import dev.weft.sync.PriorityQueue;
import dev.weft.sync.Queue;
import dev.weft.sync.QueueEmptyException;
import dev.weft.sync.QueueFullException;
import dev.weft.sync.QueueShutDownException;
import dev.weft.sync.Semaphore;
import dev.weft.task.AsCompleted;
import dev.weft.task.Outcome;
import dev.weft.task.ReturnWhen;
import dev.weft.task.TaskGroup;
import dev.weft.task.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Runs one program on Weft, with a virtual clock, and notes what happens. The twin of {@code it/python/judge.py}: the
 * two are to be read side by side.
 */
final class WeftInterpreter {

  private static final int CANCEL_ROUNDS = 4;
  private static final int MAX_TASKS = 60;
  private static final int MAX_CALLS = 100;
  private static final int MAX_NESTING = 4; // of gathers: their results grow exponentially
  private static final long SECOND = 1_000_000_000L;

  private final List<String> out = new ArrayList<>();
  private final Map<String, Object> named = new HashMap<>(); // by the names that the program uses
  private final Map<String, List<Statement>> bodies = new HashMap<>();
  private final Map<Future<?>, String> labels = new LinkedHashMap<>(); // for the trace
  private final List<Throwable> errors = new ArrayList<>(); // all that were shown, by number
  private final List<Task<?>> tasks = new ArrayList<>();
  private final Map<Future<?>, Collection<Future<?>>> edges =
      new HashMap<>(); // what a task awaits, what a gather gathers
  private final Map<Future<?>, Integer> nesting = new HashMap<>();
  private final Set<Long> deadlines = new HashSet<>();
  private final Map<String, Consumer<Future<?>>> callbacks = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>(); // of conditions
  private final VirtualClock clock = new VirtualClock();
  private final EventLoop loop = EventLoop.newEventLoop(clock);
  private int spawned;
  private int calls; // of callbacks, which may register themselves again
  private boolean muted;

  /** Time stands still while there is work, then jumps to the next timer; the loop stops where there is none. */
  private final class VirtualClock implements Clock {
    private long now;

    @Override
    public long time() {
      return now;
    }

    @Override
    public long block(long timeout) {
      if (timeout == Long.MAX_VALUE) {
        loop.stop();
      } else {
        now += timeout;
      }
      return 0;
    }
  }

  /** What programs raise. */
  private static final class Err extends Exception {
    private static final long serialVersionUID = 1L;

    Err(String message) {
      super(message);
    }
  }

  /** The end of a body, on its way out. */
  private record Return(Integer value) {}

  /** Who executes: a task, or a callback. */
  private static final class Strand {
    final String label;
    Task<?> task;

    Strand(String label) {
      this.label = label;
    }
  }

  private WeftInterpreter(Program program) {
    loop.setExceptionHandler((on, context) -> handle(context));
    program.declarations().forEach(this::declare);
  }

  /** The trace of a program, whose lines must have their numbers. */
  static List<String> run(Program program) {
    return new WeftInterpreter(program).run();
  }

  // ---- the whole

  private List<String> run() {
    try (loop) {
      spawn("main", "k0", loop::createTask);
      loop.runForever();
      for (int number = 1; number <= CANCEL_ROUNDS; number++) {
        List<Task<?>> pending = tasks.stream().filter(task -> !task.done()).toList();
        if (pending.isEmpty()) {
          break;
        }
        trace("blocked; round " + number + " cancels " + listLabels(pending));
        for (Task<?> task : pending) {
          task.cancel("round" + number);
        }
        loop.runForever();
      }
      trace("end");
      labels.forEach((future, label) -> trace(label + " " + state(future) + " " + outcome(future)));
      muted = true;
    }
    return out;
  }

  private void declare(Statement s) {
    List<String> args = s.args();
    String name = args.get(0);
    switch (s.op()) {
      case "body", "callback" -> bodies.put(name, s.body());
      case "future" -> define(name, loop.createFuture(), name);
      case "event" -> named.put(name, new Event());
      case "lock" -> named.put(name, new Lock());
      case "condition" -> {
        named.put(
            name, args.size() > 1 ? new Condition((Lock) named.get(args.get(1))) : new Condition());
        counts.put(name, 0);
      }
      case "semaphore" -> named.put(name, new Semaphore(number(args, 1)));
      case "bounded" -> named.put(name, new BoundedSemaphore(number(args, 1)));
      case "barrier" -> named.put(name, new Barrier(number(args, 1)));
      case "queue" -> named.put(name, newQueue(args.get(1), number(args, 2)));
      case "factory" -> loop.setTaskFactory(TaskFactory.EAGER);
      case "context" -> named.put(name, new Context());
      case "variable" -> named.put(name, ContextVar.withDefault(name, 0));
      default -> throw new AssertionError(s.text());
    }
  }

  private static Queue<Integer> newQueue(String kind, int size) {
    return switch (kind) {
      case "fifo" -> new Queue<>(size);
      case "lifo" -> new LifoQueue<>(size);
      default -> PriorityQueue.natural(size);
    };
  }

  private static int number(List<String> args, int index) {
    return Integer.parseInt(args.get(index));
  }

  private void define(String name, Future<?> future, String label) {
    named.put(name, future);
    labels.putIfAbsent(future, label);
  }

  // ---- the trace

  private void trace(String text) {
    if (!muted) {
      out.add(clock.now / SECOND + " " + text);
    }
  }

  private void handle(ExceptionContext context) {
    String message = context.message();
    if (muted || message.contains("never retrieved") || message.contains("destroyed")) {
      return;
    }
    String what = message.startsWith("Exception in callback") ? "callback" : message;
    trace("handler: " + what + " " + show(context.exception().orElseThrow()));
  }

  private String show(Object value) {
    if (value == null) {
      return "-";
    }
    if (value instanceof List<?> list) {
      return list.stream().map(this::show).collect(Collectors.joining(" ", "[", "]"));
    }
    if (value instanceof Outcome<?> outcome) {
      // CPython's has another error here, without the message
      return outcome.failure().filter(CancelledError.class::isInstance).isPresent()
          ? "Cancelled"
          : outcome.failure().map(this::show).orElseGet(() -> show(outcome.get()));
    }
    if (value instanceof Return end) {
      return "return " + show(end.value);
    }
    return value.toString();
  }

  private String show(Throwable error) {
    if (error instanceof ExceptionGroup group) {
      return group.exceptions().stream()
          .map(this::show)
          .collect(Collectors.joining(" ", "Group[", "]"));
    }
    int number = 0;
    while (number < errors.size() && errors.get(number) != error) {
      number++;
    }
    if (number == errors.size()) {
      errors.add(error);
    }
    return name(error) + "#" + number;
  }

  private static String name(Throwable error) {
    if (error instanceof CancelledError) {
      return "Cancelled(" + Objects.toString(error.getMessage(), "") + ")";
    } else if (error instanceof Err) {
      return "Err(" + error.getMessage() + ")";
    } else if (error instanceof InvalidStateException) {
      return "InvalidState";
    } else if (error instanceof TimeoutException) {
      return "Timeout";
    } else if (error instanceof QueueEmptyException) {
      return "QueueEmpty";
    } else if (error instanceof QueueFullException) {
      return "QueueFull";
    } else if (error instanceof QueueShutDownException) {
      return "QueueShutDown";
    } else if (error instanceof BrokenBarrierException) {
      return "BrokenBarrier";
    } else if (error instanceof IllegalStateException
        || error instanceof IllegalArgumentException
        || error instanceof UnsupportedOperationException) {
      return "Misuse"; // Python's RuntimeError, ValueError, TypeError
    }
    return error.toString();
  }

  private String listLabels(Collection<? extends Future<?>> futures) {
    return futures.stream().map(labels::get).collect(Collectors.joining(" ", "[", "]"));
  }

  private String state(Object thing) {
    if (thing instanceof Future<?> future) {
      String state = !future.done() ? "pending" : future.cancelled() ? "cancelled" : "done";
      return future instanceof Task<?> task ? state + " cancelling=" + task.cancelling() : state;
    } else if (thing instanceof Event event) {
      return show(event.isSet());
    } else if (thing instanceof Queue<?> queue) {
      return queue.qsize() + " " + queue.empty() + " " + queue.full();
    } else if (thing instanceof Barrier barrier) {
      return barrier.nWaiting() + " " + barrier.broken();
    } else if (thing instanceof Handle handle) {
      return show(handle.cancelled());
    } else if (thing instanceof Timeout scope) {
      OptionalLong when = scope.when();
      return scope.expired() + " " + (when.isPresent() ? when.getAsLong() / SECOND : "-");
    } else if (thing instanceof Lock lock) {
      return show(lock.locked());
    } else if (thing instanceof Condition condition) {
      return show(condition.locked());
    }
    return show(((Semaphore) thing).locked());
  }

  private String outcome(Future<?> future) {
    if (!future.done()) {
      return "";
    }
    try {
      return show(future.result());
    } catch (Throwable error) {
      return show(error);
    }
  }

  // ---- executing

  private Return block(List<Statement> statements, Strand me) throws Exception {
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
    trace(text);
    Object result;
    try {
      result = perform(s, s.args(), me);
    } catch (Throwable error) {
      trace(text + " !! " + show(error));
      if (error instanceof CancelledError && s.swallowsCancellation()
          || error instanceof Exception && s.swallowsErrors()) {
        return null;
      }
      throw error;
    }
    trace(text + " = " + show(result));
    return result instanceof Return end ? end : null;
  }

  private Integer body(String name, Strand me) throws Exception {
    Return signal = block(bodies.get(name), me);
    return signal == null ? null : signal.value;
  }

  private Integer coroutine(String name, Strand me) throws Exception {
    adopt(me, Task.current().orElseThrow()); // an eager task begins before its creator knows it
    trace(me.label + " begins " + name);
    Integer result;
    try {
      result = body(name, me);
    } catch (Throwable error) {
      trace(me.label + " fails " + show(error) + " cancelling=" + me.task.cancelling());
      throw error;
    }
    trace(me.label + " returns " + show(result) + " cancelling=" + me.task.cancelling());
    return result;
  }

  private String spawn(
      String slot, String name, Function<Callable<Integer>, Task<Integer>> create) {
    if (spawned >= MAX_TASKS) {
      return "limit";
    }
    var me = new Strand("T" + spawned++);
    Task<Integer> task = create.apply(() -> coroutine(name, me));
    adopt(me, task);
    named.put(slot, task);
    return me.label;
  }

  private void adopt(Strand me, Task<?> task) {
    if (me.task == null) {
      me.task = task;
      tasks.add(task);
      labels.put(task, me.label);
    }
  }

  private Task<Integer> eager(Callable<Integer> coroutine) {
    return loop.createTask(coroutine, TaskOptions.defaults().withEagerStart(true));
  }

  private void runCallback(String name, String text) {
    if (++calls > MAX_CALLS) {
      return;
    }
    trace(name + " " + text);
    try {
      block(bodies.get(name), new Strand(name));
    } catch (Exception error) {
      throw WeftInterpreter.<RuntimeException>undeclared(error);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E undeclared(Throwable error) throws E {
    throw (E) error;
  }

  /** The same object each time, so that it can be removed. */
  private Consumer<Future<?>> callback(String name) {
    return callbacks.computeIfAbsent(
        name, key -> future -> runCallback(key, "sees " + labels.get(future)));
  }

  private Object find(Strand me, String name) {
    return name.equals("me") ? me.task : named.get(name);
  }

  private List<Future<?>> findAll(Strand me, List<String> names) {
    var found = new ArrayList<Future<?>>();
    for (String name : names) {
      if (find(me, name) instanceof Future<?> future) {
        found.add(future);
      }
    }
    return found;
  }

  /** So long from now, or a little longer: no two deadlines are the same. */
  private Duration delay(String text) {
    long delay = Long.parseLong(text);
    long when = clock.now + delay * SECOND;
    while (!deadlines.add(when)) {
      when += delay > 0 ? SECOND : -SECOND;
    }
    return Duration.ofNanos(when - clock.now);
  }

  private Optional<Duration> optionalDelay(String text) {
    return text.equals("-") ? Optional.empty() : Optional.of(delay(text));
  }

  private boolean reaches(Future<?> future, Task<?> task) {
    return future == task
        || edges.getOrDefault(future, List.of()).stream().anyMatch(next -> reaches(next, task));
  }

  /** Runs code that waits for a future; not if that one waits for us, as cancelling would never end. */
  private Object awaiting(Strand me, Future<?> future, Callable<?> code) throws Exception {
    if (future == null) {
      return "none";
    }
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

  private Object perform(Statement s, List<String> args, Strand me) throws Exception {
    String op = s.op();
    return switch (op) {
      case "raise" -> throw new Err(args.get(0));
      case "return" -> new Return(number(args, 0));
      case "repeat" -> repeat(s, number(args, 0), me);
      case "call" -> body(args.get(0), me);
      case "try" -> attempt(s, me);

      case "sleep" -> {
        Asyncio.sleep(
            number(args, 0) > 0 ? delay(args.get(0)) : Duration.ofSeconds(number(args, 0)));
        yield null;
      }
      case "soon" -> {
        named.put(args.get(0), loop.callSoon(() -> runCallback(args.get(1), "runs")));
        yield null;
      }
      case "later" -> {
        named.put(
            args.get(0),
            loop.callLater(delay(args.get(1)), () -> runCallback(args.get(2), "runs")));
        yield null;
      }
      case "at" -> {
        long when = loop.time() + delay(args.get(1)).toNanos();
        named.put(args.get(0), loop.callAt(when, () -> runCallback(args.get(2), "runs")));
        yield null;
      }

      case "timeout" -> timeout(s, args, me);
      case "waitforcall" -> Asyncio.waitFor(() -> body(args.get(0), me), delay(args.get(1)));
      case "group" -> group(s, args.get(0), me);
      case "results" -> results(s, args, me);
      case "spawn" -> spawn(args.get(0), args.get(1), loop::createTask);
      case "spawneager" -> spawn(args.get(0), args.get(1), this::eager);
      case "spawnin" -> {
        var options = TaskOptions.defaults().withContext((Context) named.get(args.get(0)));
        yield spawn(args.get(1), args.get(2), coroutine -> loop.createTask(coroutine, options));
      }
      case "soonin" -> {
        loop.callSoon(() -> runCallback(args.get(1), "runs"), (Context) named.get(args.get(0)));
        yield null;
      }
      case "watchin" -> {
        if (!(find(me, args.get(1)) instanceof Future<?> future)) {
          yield "none";
        }
        future.addDoneCallback(callback(args.get(2)), (Context) named.get(args.get(0)));
        yield null;
      }
      case "gather" ->
        gather(args.get(0), findAll(me, args.subList(1, args.size())), Asyncio::gather);
      case "outcomes" ->
        gather(args.get(0), findAll(me, args.subList(1, args.size())), Asyncio::gatherOutcomes);
      case "shield" ->
        find(me, args.get(1)) instanceof Future<?> inner ? shield(args.get(0), inner) : "none";
      case "wait" -> {
        var result = Asyncio.wait(
            findAll(me, args.subList(2, args.size())),
            optionalDelay(args.get(1)),
            when(args.get(0)));
        yield listLabels(result.done()) + " " + listLabels(result.pending());
      }
      case "completed" -> completed(s, args, me);
      case "current" -> Asyncio.currentTask().map(labels::get).orElse("none");
      default -> {
        Object thing = find(me, args.get(0));
        yield thing == null ? "none" : performOn(thing, op, args, s, me);
      }
    };
  }

  private Object performOn(Object thing, String op, List<String> args, Statement s, Strand me)
      throws Exception {
    if (op.equals("state")) {
      return state(thing);
    } else if (thing instanceof Task<?> task && op.equals("uncancel")) {
      return task.uncancel();
    } else if (thing instanceof Future<?> future) {
      return onFuture(future, op, args, me);
    } else if (thing instanceof Queue<?> queue) {
      return onQueue(queue, op, args);
    } else if (thing instanceof TaskGroup group) {
      return onGroup(group, op, args);
    } else if (thing instanceof ContextVar<?> variable) {
      return onVariable(variable, op, args);
    } else if (thing instanceof Lock lock) {
      return onLock(lock, op, s, me);
    } else if (thing instanceof Semaphore semaphore) {
      return onSemaphore(semaphore, op, s, me);
    }
    if (thing instanceof Condition condition) {
      return onCondition(condition, op, args, s, me);
    }
    switch (op) {
      case "unhandle" -> ((Handle) thing).cancel();
      case "reschedule" -> reschedule((Timeout) thing, args.get(1));
      case "eventwait" -> ((Event) thing).await();
      case "eventset" -> ((Event) thing).set();
      case "eventclear" -> ((Event) thing).clear();
      case "barrierwait" -> {
        return ((Barrier) thing).await();
      }
      case "barrierreset" -> ((Barrier) thing).reset();
      case "barrierabort" -> ((Barrier) thing).abort();
      default -> throw new AssertionError(s.text());
    }
    return null;
  }

  // ---- control

  private Return repeat(Statement s, int times, Strand me) throws Exception {
    Return signal = null;
    for (int i = 0; i < times && signal == null; i++) {
      signal = block(s.body(), me);
    }
    return signal;
  }

  private Return attempt(Statement s, Strand me) throws Exception {
    try {
      return block(part(s, "do").orElseThrow().body(), me);
    } catch (Exception | CancelledError error) {
      Statement handler = part(s, "catch").orElse(null);
      if (handler == null) {
        throw error;
      }
      String kind = handler.args().get(0);
      if (!kind.equals("all") && kind.equals("cancelled") != error instanceof CancelledError) {
        throw error;
      }
      trace(me.label + " " + handler.line() + " catches " + show(error));
      Return signal = block(handler.body(), me);
      if (signal == null && handler.args().contains("reraise")) {
        throw error;
      }
      return signal;
    } finally {
      if (part(s, "finally").isPresent()) {
        block(part(s, "finally").get().body(), me);
      }
    }
  }

  private static Optional<Statement> part(Statement s, String name) {
    return s.body().stream().filter(part -> part.op().equals(name)).findFirst();
  }

  private static Object onVariable(ContextVar<?> variable, String op, List<String> args) {
    if (op.equals("get")) {
      return variable.get();
    }
    @SuppressWarnings("unchecked") // all variables are
    var ofNumbers = (ContextVar<Integer>) variable;
    ofNumbers.set(number(args, 1));
    return null;
  }

  // ---- futures and tasks

  private Object onFuture(Future<?> future, String op, List<String> args, Strand me)
      throws Exception {
    switch (op) {
      case "await" -> {
        return awaiting(me, future, future::await);
      }
      case "waitfor" -> {
        return awaiting(me, future, () -> Asyncio.waitFor(future, delay(args.get(1))));
      }
      case "result" -> {
        return future.result();
      }
      case "exception" -> {
        return future.exception().map(this::show).orElse(null);
      }
      case "complete" -> complete(future, number(args, 1));
      case "fail" -> future.setException(new Err(args.get(1)));
      case "cancel" -> {
        return args.size() > 1 ? future.cancel(args.get(1)) : future.cancel();
      }
      case "watch" -> future.addDoneCallback(callback(args.get(1)));
      case "unwatch" -> {
        return future.removeDoneCallback(callback(args.get(1)));
      }
      default -> throw new AssertionError(op);
    }
    return null;
  }

  @SuppressWarnings("unchecked") // what is in them is only shown
  private static void complete(Future<?> future, Object result) {
    ((Future<Object>) future).setResult(result);
  }

  // ---- scopes and combinators

  private Return timeout(Statement s, List<String> args, Strand me) throws Exception {
    Optional<Duration> delay = optionalDelay(args.get(1));
    var entered = new Timeout[1];
    Timeout.Body<Return> body = scope -> {
      entered[0] = scope;
      named.put(args.get(0), scope);
      return block(s.body(), me);
    };
    try {
      return delay.isPresent()
          ? Asyncio.timeout(delay.get(), body)
          : Asyncio.timeoutAt(OptionalLong.empty(), body);
    } finally {
      trace(me.label + " " + s.line() + " leaves " + state(entered[0]) + " cancelling="
          + me.task.cancelling());
    }
  }

  private void reschedule(Timeout scope, String text) {
    Optional<Duration> delay = optionalDelay(text);
    if (delay.isPresent()) {
      scope.reschedule(loop.time() + delay.get().toNanos());
    } else {
      scope.disable();
    }
  }

  private Return group(Statement s, String name, Strand me) {
    var group = new TaskGroup();
    named.put(name, group);
    try {
      return group.run(entered -> block(s.body(), me));
    } finally {
      trace(me.label + " " + s.line() + " leaves cancelling=" + me.task.cancelling());
    }
  }

  private Object onGroup(TaskGroup group, String op, List<String> args) {
    if (op.equals("groupspawn")) {
      return spawn(args.get(1), args.get(2), group::createTask);
    } else if (op.equals("groupeager")) {
      var options = TaskOptions.defaults().withEagerStart(true);
      return spawn(args.get(1), args.get(2), coroutine -> group.createTask(coroutine, options));
    }
    group.cancel();
    return null;
  }

  private String gather(
      String slot, List<Future<?>> children, Function<List<Future<?>>, Future<?>> combine) {
    int depth = 1 + children.stream().mapToInt(this::nesting).max().orElse(0);
    if (depth > MAX_NESTING) {
      return "deep";
    }
    Future<?> future = combine.apply(children);
    nesting.put(future, depth);
    edges.put(future, children);
    define(slot, future, "G" + labels.size());
    return labels.get(future);
  }

  private String shield(String slot, Future<?> inner) {
    Future<?> future = Asyncio.shield(inner);
    nesting.put(future, nesting(inner));
    define(slot, future, "S" + labels.size());
    return labels.get(future);
  }

  private int nesting(Future<?> future) {
    return nesting.getOrDefault(future, 0);
  }

  private static ReturnWhen when(String mode) {
    return switch (mode) {
      case "first" -> ReturnWhen.FIRST_COMPLETED;
      case "exception" -> ReturnWhen.FIRST_EXCEPTION;
      default -> ReturnWhen.ALL_COMPLETED;
    };
  }

  private Return completed(Statement s, List<String> args, Strand me) throws Exception {
    List<Future<?>> futures = findAll(me, args.subList(1, args.size()));
    Optional<Duration> timeout = optionalDelay(args.get(0));
    var completed = timeout.isPresent()
        ? Asyncio.asCompleted(futures, timeout.get())
        : Asyncio.asCompleted(futures);
    for (Future<?> future : completed) {
      trace(me.label + " " + s.line() + " next " + labels.get(future));
      Return signal = block(s.body(), me);
      if (signal != null) {
        return signal;
      }
    }
    return null;
  }

  private Object results(Statement s, List<String> args, Strand me) {
    List<Future<?>> futures = findAll(me, args.subList(1, args.size()));
    Iterator<?> results = AsCompleted.results(futures, optionalDelay(args.get(0)));
    while (results.hasNext()) {
      try {
        trace(me.label + " " + s.line() + " next " + show(results.next()));
      } catch (CancelledError cancelled) {
        throw cancelled;
      } catch (Throwable error) { // checked, but not declared
        trace(me.label + " " + s.line() + " next !! " + show(error));
      }
    }
    return null;
  }

  // ---- synchronisation

  private Object onLock(Lock lock, String op, Statement s, Strand me) throws Exception {
    switch (op) {
      case "acquire" -> lock.acquire();
      case "release" -> lock.release();
      default -> {
        return lock.with(() -> block(s.body(), me));
      }
    }
    return null;
  }

  private Object onSemaphore(Semaphore semaphore, String op, Statement s, Strand me)
      throws Exception {
    switch (op) {
      case "acquire" -> semaphore.acquire();
      case "release" -> semaphore.release();
      default -> {
        return semaphore.with(() -> block(s.body(), me));
      }
    }
    return null;
  }

  private Object onCondition(
      Condition condition, String op, List<String> args, Statement s, Strand me) throws Exception {
    String name = args.get(0);
    switch (op) {
      case "acquire" -> condition.acquire();
      case "release" -> condition.release();
      case "with" -> {
        return condition.with(() -> block(s.body(), me));
      }
      case "condwait" -> condition.await();
      case "condwaitfor" -> condition.waitFor(() -> counts.get(name) >= number(args, 1));
      case "condcount" -> {
        return counts.merge(name, 1, Integer::sum);
      }
      case "condnotify" -> condition.signal(number(args, 1));
      case "condnotifyall" -> condition.signalAll();
      default -> throw new AssertionError(op);
    }
    return null;
  }

  private static Object onQueue(Queue<?> queue, String op, List<String> args) {
    @SuppressWarnings("unchecked") // all queues are
    var ofNumbers = (Queue<Integer>) queue;
    switch (op) {
      case "queueput" -> ofNumbers.put(number(args, 1));
      case "queueget" -> {
        return queue.get();
      }
      case "queueputnow" -> ofNumbers.putNowait(number(args, 1));
      case "queuegetnow" -> {
        return queue.getNowait();
      }
      case "queuedone" -> queue.taskDone();
      case "queuejoin" -> queue.join();
      case "queueshutdown" -> queue.shutdown(args.get(1).equals("true"));
      default -> throw new AssertionError(op);
    }
    return null;
  }
}
