package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.testkit.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which context a callback or a task runs in, and where its changes are visible. */
class ContextTest {

  private final ContextVar<String> variable = new ContextVar<>("variable", "unset");
  private final List<String> seen = new ArrayList<>();

  private void see() {
    seen.add(variable.get());
  }

  @Test
  @DisplayName("CTX-1: a callback sees the values at its registration, for every way to register")
  void callbacksCopy() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<Void> future = loop.createFuture();
      variable.set("soon");
      loop.callSoon(this::see);
      variable.set("threadsafe");
      loop.callSoonThreadsafe(this::see);
      variable.set("first");
      future.addDoneCallback(done -> see());
      variable.set("second");
      future.addDoneCallback(done -> see());
      variable.set("later");
      loop.callLater(Duration.ofSeconds(1), this::see);
      variable.set("now");
      future.setResult(null);
      variable.set("after");
      future.addDoneCallback(done -> see());
      variable.set("nobody");
      Task.sleep(Duration.ofSeconds(2));
    });
    assertEquals(List.of("soon", "threadsafe", "first", "second", "after", "later"), seen);
  }

  @Test
  @DisplayName("CTX-1: values that a callback sets are not visible elsewhere")
  void callbacksKeepToThemselves() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      variable.set("mine");
      loop.callSoon(() -> variable.set("the callback's"));
      loop.callSoon(this::see);
      Loops.turns(1);
      see();
    });
    assertEquals(List.of("mine", "mine"), seen);
  }

  @Test
  @DisplayName(
      "CTX-1, CTX-3: a callback with a given context runs in that context itself and changes it")
  void callbackInContext() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var context = new Context();
      loop.callSoon(() -> variable.set("one"), context);
      loop.callSoonThreadsafe(this::see, context);
      Future<Void> future = loop.createFuture();
      future.addDoneCallback(done -> variable.set("two"), context);
      future.setResult(null);
      loop.callLater(Duration.ofSeconds(1), this::see, context);
      Task.sleep(Duration.ofSeconds(2));
      assertEquals("two", context.get(variable, "nothing"));
      see();
    });
    assertEquals(List.of("one", "two", "unset"), seen);
  }

  @Test
  @DisplayName(
      "CTX-2, VT-10: a task copies the context at creation, and keeps its changes through its steps and to itself")
  void tasksCopy() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      variable.set("at creation");
      Task<Void> task = loop.createTask(() -> {
        see();
        variable.set("its own");
        Loops.turns(2);
        see();
      });
      variable.set("after creation");
      Loops.turns(2);
      see();
      task.await();
      assertEquals("its own", task.getContext().get(variable, "nothing"));
    });
    assertEquals(List.of("at creation", "after creation", "its own"), seen);
  }

  @Test
  @DisplayName(
      "CTX-2: a callback that a task registers sees the task's values, and so does a child task")
  void inherited() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.createTask(() -> {
            variable.set("parent's");
            loop.callSoon(() -> {
              see();
              variable.set("callback's");
              loop.createTask(this::see);
            });
            loop.createTask(this::see).await();
          })
          .await();
      Loops.turns(2);
    });
    assertEquals(List.of("parent's", "parent's", "callback's"), seen);
  }

  @Test
  @DisplayName("CTX-3: tasks with the same given context share it")
  void tasksShare() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var context = new Context();
      var options = TaskOptions.defaults().withContext(context);
      Task<Void> writer = loop.createTask(
          () -> {
            Loops.turns(1);
            variable.set("shared");
          },
          options);
      Task<Void> reader = loop.createTask(
          () -> {
            see();
            Loops.turns(2);
            see();
          },
          options);
      writer.await();
      reader.await();
      assertSame(context, reader.getContext());
      assertEquals("shared", context.get(variable, "nothing"));
      see();
    });
    assertEquals(List.of("unset", "shared", "unset"), seen);
  }

  @Test
  @DisplayName("CTX-4: a context cannot be entered twice at once")
  void enteredTwice() {
    Loops.run(() -> {
      var context = new Context();
      context.run(() -> assertRefused(context));
      var other = new Context();
      context.run(() -> other.run(() -> assertRefused(context)));
      context.run(() -> null); // afterwards it is free again
    });
  }

  @Test
  @DisplayName("CTX-4: the context of a task or a callback counts as entered while it runs")
  void ownContext() {
    var context = new Context();
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var options = TaskOptions.defaults().withContext(context);
      loop.createTask(
              () -> {
                assertRefused(context);
                new Context().run(() -> assertRefused(context));
                assertRefused(context);
              },
              options)
          .await();
      Future<Object> ended = loop.createFuture();
      loop.callSoon(() -> ended.setResult(assertRefused(context)), context);
      ended.await();
      context.run(() -> null);
    });
  }

  private static Object assertRefused(Context context) {
    return assertThrows(IllegalStateException.class, () -> context.run(() -> "entered"));
  }

  @Test
  @DisplayName("values set in Context.run stay in the context, also if the code throws or waits")
  void run() {
    Loops.run(() -> {
      variable.set("outside");
      var context = Context.copyContext();
      assertThrows(
          IllegalStateException.class,
          () -> context.run(() -> {
            variable.set("inside");
            Loops.turns(1);
            see();
            throw new IllegalStateException("boom");
          }));
      see();
      assertEquals("inside", context.get(variable, "nothing"));
      assertNotSame(context, context.copy());
      assertEquals("inside", context.copy().get(variable, "nothing"));
    });
    assertEquals(List.of("inside", "outside"), seen);
  }

  @Test
  @DisplayName("other threads have their own contexts")
  void otherThreads() {
    variable.set("this thread's");
    Loops.run(() -> {
      see(); // the task was created by this thread
      EventLoop.getRunningLoop()
          .runInExecutor(
              () -> { // CTX-6: an executor's thread does not get the caller's
                see();
                return null;
              })
          .await();
    });
    assertEquals(List.of("this thread's", "unset"), seen);
  }
}
