package dev.weft.examples;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.sleep;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import java.time.Duration;

/** Awaits a future that another task completes. {@code SetAfter}. */
public final class SetAfter {

  private SetAfter() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    run(() -> {
      EventLoop loop = getRunningLoop();
      Future<String> future = loop.createFuture();
      loop.createTask(() -> setAfter(future, Duration.ofMillis(100), "... world"));
      System.out.println("hello ...");
      System.out.println(await(future));
    });
  }

  private static void setAfter(Future<String> future, Duration delay, String value) {
    sleep(delay);
    future.setResult(value);
  }
}
