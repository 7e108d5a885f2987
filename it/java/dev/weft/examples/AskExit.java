package dev.weft.examples;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.waitFor;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Ends in its own way at SIGINT and SIGTERM. {@code AskExit}. */
public final class AskExit {

  private AskExit() {}

  /** Waits for a signal, but for an hour at most. */
  public static void main(String[] args) {
    run(() -> {
      EventLoop loop = getRunningLoop();
      Future<Void> exit = loop.createFuture();
      for (String signal : List.of("SIGINT", "SIGTERM")) {
        loop.addSignalHandler(signal, () -> askExit(signal, exit));
      }
      System.out.println("The loop runs for an hour, press Ctrl+C to interrupt it.");
      System.out.println(
          "pid " + ProcessHandle.current().pid() + ": send SIGINT or SIGTERM to exit");
      try {
        waitFor(exit, Duration.ofHours(1));
      } catch (TimeoutException e) {
        System.out.println("an hour is over");
      }
    });
  }

  private static void askExit(String signal, Future<Void> exit) {
    System.out.println("got signal " + signal + ": exit");
    if (!exit.done()) { // there may be another signal before the loop ends
      exit.setResult(null);
    }
  }
}
