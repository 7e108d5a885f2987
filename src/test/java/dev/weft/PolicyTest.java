package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.AbstractEventLoopPolicy;
import dev.weft.loop.DefaultEventLoopPolicy;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Runner;
import dev.weft.testkit.Loops;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which loop is the current one, and which code creates loops. */
class PolicyTest {

  /** A policy that records its calls and creates loops with a virtual clock. */
  private static final class Noting implements AbstractEventLoopPolicy {
    private final DefaultEventLoopPolicy policy = new DefaultEventLoopPolicy();
    private final List<String> notes = new ArrayList<>();
    private EventLoop made;
    private boolean broken;

    @Override
    public EventLoop getEventLoop() {
      notes.add("get");
      return policy.getEventLoop();
    }

    @Override
    public void setEventLoop(EventLoop loop) {
      notes.add("set");
      policy.setEventLoop(loop);
    }

    @Override
    public void resetEventLoop() {
      notes.add("reset");
      policy.resetEventLoop();
    }

    @Override
    public EventLoop newEventLoop() {
      notes.add("new");
      made = broken ? null : Loops.newLoop();
      return made;
    }
  }

  private final EventLoop loop = Loops.newLoop();

  @BeforeEach
  @AfterEach
  void reset() {
    Asyncio.resetEventLoopPolicy();
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  @DisplayName(
      "LOOP-34: a new loop is not the current loop, and setting a current loop does not run it")
  void newAndSet() {
    try (EventLoop made = Asyncio.newEventLoop()) {
      var error = assertThrows(IllegalStateException.class, Asyncio::getEventLoop);
      assertTrue(error.getMessage().startsWith("There is no current event loop in Thread["));
      Asyncio.setEventLoop(loop);
      assertSame(loop, Asyncio.getEventLoop());
      assertFalse(loop.isRunning());
      assertThrows(IllegalStateException.class, Asyncio::getRunningLoop);
      assertNotSame(made, Asyncio.getEventLoop());
    }
    Asyncio.resetEventLoop();
    assertThrows(IllegalStateException.class, Asyncio::getEventLoop);
  }

  @Test
  @DisplayName(
      "LOOP-34: the running loop has precedence over the current loop, in tasks and in callbacks")
  void runningFirst() {
    try (EventLoop other = Loops.newLoop()) {
      Asyncio.setEventLoop(other);
      loop.runUntilComplete(() -> {
        assertSame(loop, Asyncio.getEventLoop());
        var called = loop.<EventLoop>createFuture();
        loop.callSoon(() -> called.setResult(Asyncio.getEventLoop()));
        assertSame(loop, called.await());
      });
      assertSame(other, Asyncio.getEventLoop());
    }
  }

  @Test
  @DisplayName("LOOP-34: each thread has a current loop of its own")
  void perThread() throws InterruptedException {
    Asyncio.setEventLoop(loop);
    var thrown = new Throwable[1];
    Thread.ofPlatform()
        .start(() -> thrown[0] = assertThrows(IllegalStateException.class, Asyncio::getEventLoop))
        .join();
    assertInstanceOf(IllegalStateException.class, thrown[0]);
  }

  @Test
  @DisplayName("a custom policy makes the loops of newEventLoop, run and Runner")
  void ownPolicy() {
    var policy = new Noting();
    Asyncio.setEventLoopPolicy(policy);
    assertSame(policy, Asyncio.getEventLoopPolicy());
    Asyncio.newEventLoop().close();
    EventLoop ran = Asyncio.run(Asyncio::getEventLoop);
    assertSame(policy.made, ran);
    assertEquals(List.of("new", "new", "set", "reset"), policy.notes);
    Asyncio.resetEventLoopPolicy();
    assertInstanceOf(DefaultEventLoopPolicy.class, Asyncio.getEventLoopPolicy());
    assertThrows(NullPointerException.class, () -> Asyncio.setEventLoopPolicy(null));
    assertThrows(NullPointerException.class, () -> Asyncio.setEventLoop(null));
  }

  @Test
  @DisplayName(
      "a policy that returns no loop causes an error that names it, before anything is set")
  void noLoop() {
    var policy = new Noting();
    policy.broken = true;
    Asyncio.setEventLoopPolicy(policy);
    try (var runner = new Runner()) {
      var error = assertThrows(NullPointerException.class, runner::getLoop);
      assertEquals("the loop of the policy", error.getMessage());
    }
    assertEquals(List.of("new"), policy.notes);
  }

  @Test
  @DisplayName("RUN-10: a runner sets its own loop as the current one once, and resets it at close")
  void runnersLoop() {
    var policy = new Noting();
    Asyncio.setEventLoopPolicy(policy);
    try (var runner = new Runner()) {
      assertEquals(List.of(), policy.notes);
      runner.run(() -> {});
      runner.run(() -> {});
      assertSame(runner.getLoop(), Asyncio.getEventLoop());
    }
    assertEquals(List.of("new", "set", "get", "reset"), policy.notes);
    assertThrows(IllegalStateException.class, Asyncio::getEventLoop);
  }

  @Test
  @DisplayName("RUN-10: a loop of the caller's factory does not become the current one")
  void factorysLoop() {
    Asyncio.setEventLoop(loop);
    try (var runner = new Runner(Loops::newLoop)) {
      runner.run(() -> {});
      assertSame(loop, Asyncio.getEventLoop());
    }
    assertSame(loop, Asyncio.getEventLoop());
  }
}
