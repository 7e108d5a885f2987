package dev.weft.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ThrowingCallable;
import dev.weft.selector.ChildKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TwoLoopsTest {

  @ParameterizedTest
  @EnumSource(ChildKind.class)
  @DisplayName("PROC-17: two concurrent loops, on threads other than main, have their own children")
  void bothAtOnce(ChildKind kind) throws Exception {
    assumeTrue(
        kind.isPossible(),
        "needs JDK 22 and native access"); // JUnit does not see a skip on another thread
    var bothRun = new CyclicBarrier(2);
    var loops = new ArrayList<FutureTask<String>>();
    for (String name : List.of("one", "two")) {
      var loop = new FutureTask<>(() -> inLoop(kind, () -> talk(name, bothRun)));
      Thread.ofPlatform().name("loop-" + name).start(loop);
      loops.add(loop);
    }
    assertEquals("one1 one2 one3 7 -15", loops.get(0).get());
    assertEquals("two1 two2 two3 7 -15", loops.get(1).get());
  }

  private static String inLoop(ChildKind kind, ThrowingCallable<String, ?> coroutine)
      throws Exception {
    try (EventLoop loop = EventLoop.newEventLoop()) {
      kind.set(loop);
      return loop.runUntilComplete(coroutine);
    }
  }

  /** Sends words to one child one by one, while another child runs until it is killed. The barrier joins both loops. */
  private static String talk(String name, CyclicBarrier bothRun) throws Exception {
    Process echo = ChildTest.shell("while read line; do echo $line; done; exit 7");
    Process idle = ChildTest.shell("exec sleep 1000");
    Asyncio.await(Asyncio.getRunningLoop().runInExecutor(() -> bothRun.await()));
    var said = new StringBuilder();
    for (int i = 1; i <= 3; i++) {
      echo.stdin().write((name + i + "\n").getBytes(UTF_8));
      said.append(new String(echo.stdout().readline(), UTF_8).strip()).append(' ');
    }
    echo.stdin().close();
    said.append(echo.waitFor()).append(' ');
    idle.terminate();
    return said.append(idle.waitFor()).toString();
  }
}
