package dev.weft.loop;

import dev.weft.testkit.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Programs that run out of stack or memory, in their own JVM. Each ends by itself. */
public final class FatalErrorProgram {

  private FatalErrorProgram() {}

  /** Runs the program that the first argument names. */
  public static void main(String[] arguments) {
    switch (arguments[0]) {
      case "tasksUntilOverflow" -> tasksUntilOverflow();
      case "eagerTasks" -> eagerTasks();
      case "readyQueue" -> readyQueue(false);
      case "readyQueueCaught" -> readyQueue(true);
      case "timers" -> timers();
      case "awaitWithoutStack" -> awaitWithoutStack();
      case "readyQueueFromAnotherThread" -> readyQueueFromAnotherThread();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.out.println("returned");
  }

  /** Each frame creates a task, until the stack is exhausted; the program catches the error. */
  private static void tasksUntilOverflow() {
    for (int round = 0; round < 30; round++) {
      try (var runner = new Runner(EventLoop::newEventLoop)) {
        runner.run(() -> {
          try {
            recurse();
          } catch (StackOverflowError expected) {
            Loops.turns(2);
          }
          return null;
        });
      }
    }
  }

  private static void recurse() {
    EventLoop.getRunningLoop()
        .createTask(() -> EventLoop.getRunningLoop().createFuture().await());
    recurse();
  }

  private static void eagerTasks() {
    try (var runner = new Runner(EventLoop::newEventLoop)) {
      runner.run(() -> startEagerly().await());
    }
  }

  private static Task<Void> startEagerly() {
    return EventLoop.getRunningLoop()
        .createTask(
            () -> {
              startEagerly().await();
              return null;
            },
            TaskOptions.defaults().withEagerStart(true));
  }

  private static void readyQueue(boolean caught) {
    try (var runner = new Runner(EventLoop::newEventLoop)) {
      runner.run(() -> {
        EventLoop loop = EventLoop.getRunningLoop();
        loop.callSoon(() -> {
          try {
            while (true) {
              loop.callSoon(() -> {});
            }
          } catch (OutOfMemoryError error) {
            if (!caught) {
              throw error;
            }
          }
        });
        Loops.turns(3);
        System.out.println("went on");
        return null;
      });
    }
  }

  private static int depth;

  /** Awaits at each of the last frames of the stack; a wait that fails there must leave nothing behind. */
  private static void awaitWithoutStack() {
    try (var runner = new Runner(EventLoop::newEventLoop)) {
      runner.run(() -> {
        EventLoop loop = EventLoop.getRunningLoop();
        int failed = 0;
        for (int frames = 0; frames < 400; frames++) {
          int reached = deepest();
          Future<String> atTheEnd = loop.createFuture();
          loop.callSoon(() -> atTheEnd.setResult("at the end"));
          try {
            descend(reached - frames, atTheEnd::await);
          } catch (StackOverflowError expected) {
            failed++;
          }
          Future<String> next = loop.createFuture();
          loop.callLater(Duration.ofMillis(1), () -> next.setResult("next"));
          if (!next.await().equals("next")) {
            throw new AssertionError("woken by an earlier wait");
          }
        }
        System.out.println(failed > 0 ? "some failed" : "none failed");
        return null;
      });
    }
  }

  private static int deepest() {
    depth = 0;
    try {
      deeper();
    } catch (StackOverflowError end) {
      // the depth is known
    }
    return depth;
  }

  private static void deeper() {
    depth++;
    deeper();
  }

  private static void descend(int frames, Runnable code) {
    if (frames > 0) {
      descend(frames - 1, code);
    } else {
      code.run();
    }
  }

  private static void timers() {
    try (var runner = new Runner(EventLoop::newEventLoop)) {
      runner.run(() -> {
        EventLoop loop = EventLoop.getRunningLoop();
        List<Handle> all = new ArrayList<>();
        while (true) {
          all.add(loop.callLater(Duration.ofDays(1), () -> {}));
        }
      });
    }
  }

  private static void readyQueueFromAnotherThread() {
    try (var runner = new Runner(EventLoop::newEventLoop)) {
      runner.run(() -> {
        EventLoop loop = EventLoop.getRunningLoop();
        var room =
            new AtomicReference<>(new byte[1024][16 * 1024]); // for these entries in the loop
        var thread = new Thread(() -> {
          try {
            while (true) {
              loop.callSoonThreadsafe(() -> {});
            }
          } catch (OutOfMemoryError enough) {
            room.set(null);
          }
        });
        loop.callSoon(
            () -> { // holds the loop meanwhile
              thread.start();
              boolean ended = false;
              while (!ended) {
                try {
                  thread.join();
                  ended = true;
                } catch (InterruptedException | OutOfMemoryError again) {
                  // it ends soon
                }
              }
            });
        Loops.turns(3);
        System.out.println("went on");
        return null;
      });
    }
  }
}
