package dev.weft.examples;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.sleep;

import dev.weft.loop.Task;
import java.time.Duration;

/** Two tasks that sleep at the same time: the first example of asyncio's documentation. */
public final class SayAfter {

  private SayAfter() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    run(() -> {
      Task<Void> world = createTask(() -> say("world", Duration.ofMillis(200)));
      Task<Void> hello = createTask(() -> say("hello", Duration.ofMillis(100)));
      await(hello);
      await(world);
    });
  }

  private static void say(String what, Duration delay) {
    sleep(delay);
    System.out.println(what);
  }
}
