package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import dev.weft.loop.Context;
import dev.weft.loop.ContextVar;
import dev.weft.loop.EventLoop;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.loop.TaskFactory;
import dev.weft.sync.Barrier;
import dev.weft.sync.BoundedSemaphore;
import dev.weft.sync.Condition;
import dev.weft.sync.Event;
import dev.weft.sync.LifoQueue;
import dev.weft.sync.Lock;
import dev.weft.sync.PriorityQueue;
import dev.weft.sync.Queue;
import dev.weft.sync.Semaphore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs one program on Weft, with a virtual clock, and notes what happens. The twin of {@code it/python/judge}: the rooms
 * of the two have the same names, and are to be read side by side.
 */
final class WeftInterpreter {

  private static final int CANCEL_ROUNDS = 4;

  private final EventLoop loop = EventLoop.newEventLoop(new VirtualClock(this::idle));
  private final Stage stage = new Stage(loop);
  private final Threads threads = new Threads(stage);
  private final Runners runners = new Runners(stage);
  private boolean finished; // nothing is left to do

  private WeftInterpreter(Program program) {
    new Control(stage);
    new Callbacks(stage);
    new Futures(stage);
    new Scopes(stage);
    new Combining(stage);
    new Synchronising(stage);
    new Yielding(stage);
    program.declarations().forEach(this::declare);
  }

  /** The trace of a program, whose lines must have their numbers. */
  static List<String> run(Program program) {
    return new WeftInterpreter(program).run();
  }

  private List<String> run() {
    if (runners.areThere()) {
      runners.run();
    } else {
      stage.spawn("main", "k0", loop::createTask);
      runToTheEnd();
      stage.trace.addAll();
    }
    try {
      loop.close();
    } catch (KeyboardInterrupt ofATaskThatWasLeft) {
      // closing has made it go on
    }
    return stage.trace.lines();
  }

  private void runToTheEnd() {
    runLoop();
    for (int number = 1; number <= CANCEL_ROUNDS; number++) {
      List<Task<?>> pending =
          stage.tasks().stream().filter(task -> !task.done()).toList();
      if (pending.isEmpty()) {
        break;
      }
      stage.trace.add("blocked; round " + number + " cancels " + stage.trace.labels(pending));
      for (Task<?> task : pending) {
        task.cancel("round" + number);
      }
      runLoop();
    }
  }

  /** Runs until there is nothing to do; a program can stop the loop, and a fatal error leaves it. */
  private void runLoop() {
    finished = false;
    while (!finished) {
      try {
        loop.runForever();
        if (!finished) {
          stage.trace.add("the loop has stopped");
        }
      } catch (KeyboardInterrupt error) {
        stage.trace.add("out of the loop comes " + stage.trace.show(error));
      }
    }
  }

  private void idle() {
    finished = !threads.workSomewhere();
    if (finished) {
      loop.stop();
    }
  }

  private void declare(Statement s) {
    List<String> args = s.args();
    String name = args.get(0);
    switch (s.op()) {
      case "body", "callback", "job", "generator" -> stage.addBody(name, s.body());
      case "main" ->
        runners.add(
            name,
            args.size() > 1
                ? Optional.of((Context) stage.find(null, args.get(1)))
                : Optional.empty());
      case "future" -> stage.name(name, loop.createFuture(), name);
      case "default" -> loop.setDefaultExecutor((ManualExecutor) stage.find(null, name));
      case "factory" -> loop.setTaskFactory(TaskFactory.EAGER);
      default -> stage.name(name, newObject(s, args));
    }
  }

  private Object newObject(Statement s, List<String> args) {
    return switch (s.op()) {
      case "event" -> new Event();
      case "lock" -> new Lock();
      case "condition" ->
        args.size() > 1 ? new Condition((Lock) stage.find(null, args.get(1))) : new Condition();
      case "semaphore" -> new Semaphore(Stage.number(s, 1));
      case "bounded" -> new BoundedSemaphore(Stage.number(s, 1));
      case "barrier" -> new Barrier(Stage.number(s, 1));
      case "queue" -> newQueue(args.get(1), Stage.number(s, 2));
      case "context" -> new Context();
      case "variable" -> new ContextVar<>(args.get(0), 0);
      case "executor" -> threads.newExecutor();
      case "foreign" -> new CompletableFuture<Integer>();
      default -> throw new AssertionError(s.text());
    };
  }

  private static Queue<Integer> newQueue(String kind, int size) {
    return switch (kind) {
      case "fifo" -> new Queue<>(size);
      case "lifo" -> new LifoQueue<>(size);
      default -> new PriorityQueue<>(size);
    };
  }
}
