package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weft.testkit.Loops;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a task inherits from its creator, as any virtual thread does; frameworks rely on it. */
class InheritanceTest {

  @Test
  @DisplayName("a task has the context class loader of its creator; callbacks have the carrier's")
  void contextClassLoader() throws Exception {
    Thread carrier = Thread.currentThread();
    ClassLoader before = carrier.getContextClassLoader();
    try (var own = new URLClassLoader(new URL[0], before)) {
      carrier.setContextClassLoader(own);
      Loops.run(() -> {
        EventLoop loop = EventLoop.getRunningLoop();
        assertSame(own, Thread.currentThread().getContextClassLoader());
        Future<ClassLoader> inCallback = loop.createFuture();
        loop.callSoon(() -> inCallback.setResult(Thread.currentThread().getContextClassLoader()));
        assertSame(own, inCallback.await());
        assertSame(
            own,
            loop.createTask(() -> Thread.currentThread().getContextClassLoader())
                .await());
      });
    } finally {
      carrier.setContextClassLoader(before);
    }
  }

  @Test
  @DisplayName("a task has the inheritable thread locals of its creator")
  void inheritableThreadLocals() {
    var local = new InheritableThreadLocal<String>();
    Loops.run(() -> {
      local.set("creator's");
      assertEquals(
          "creator's", EventLoop.getRunningLoop().createTask(local::get).await());
    });
  }
}
