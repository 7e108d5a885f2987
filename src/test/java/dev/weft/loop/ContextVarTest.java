package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Getting, setting and resetting a context variable (VT-10). */
class ContextVarTest {

  private final ContextVar<String> bare = new ContextVar<>("bare");
  private final ContextVar<String> defaulted = new ContextVar<>("defaulted", "default");

  @Test
  @DisplayName(
      "a variable without a value gives the fallback, else the default, else an error with its name")
  void unset() throws Exception {
    new Context().run(() -> {
      assertEquals("fallback", bare.get("fallback"));
      assertEquals("fallback", defaulted.get("fallback"));
      assertEquals("default", defaulted.get());
      var error = assertThrows(NoSuchElementException.class, bare::get);
      assertTrue(error.getMessage().contains("bare"), error.getMessage());
      return null;
    });
  }

  @Test
  @DisplayName("null is a value like any other")
  void nullValue() throws Exception {
    new Context().run(() -> {
      bare.set(null);
      assertNull(bare.get());
      assertNull(bare.get("fallback"));
      return null;
    });
  }

  @Test
  @DisplayName("variables are independent; the context counts those that have a value")
  void several() throws Exception {
    var context = new Context();
    context.run(() -> {
      var token = bare.set("a");
      defaulted.set("b");
      bare.set("c");
      assertEquals("c", bare.get());
      assertEquals("b", defaulted.get());
      assertEquals(2, context.size());
      bare.reset(token);
      assertEquals("b", defaulted.get());
      assertEquals(1, context.size());
      return null;
    });
  }

  @Test
  @DisplayName("reset() restores the value before set(), or its absence")
  void reset() throws Exception {
    new Context().run(() -> {
      var first = bare.set("one");
      var second = bare.set("two");
      bare.reset(second);
      assertEquals("one", bare.get());
      bare.reset(first);
      assertThrows(NoSuchElementException.class, bare::get);
      return null;
    });
  }

  @Test
  @DisplayName("a token works once, for its variable, in its context")
  void tokens() throws Exception {
    var context = new Context();
    context.run(() -> {
      var token = bare.set("one");
      assertThrows(IllegalArgumentException.class, () -> defaulted.reset(token));
      new Context().run(() -> {
        assertThrows(IllegalArgumentException.class, () -> bare.reset(token));
        return null;
      });
      assertEquals("one", bare.get());
      bare.reset(token);
      assertThrows(IllegalStateException.class, () -> bare.reset(token));
      return null;
    });
  }

  @Test
  @DisplayName(
      "a token of one task does not work in another, even if their contexts hold the same values")
  void tokenOfAnotherTask() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var token = bare.set("one");
      loop.createTask(() -> {
            assertThrows(IllegalArgumentException.class, () -> bare.reset(token));
          })
          .await();
      bare.reset(token);
    });
  }
}
