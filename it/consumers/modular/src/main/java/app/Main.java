package app;

import static dev.weft.Asyncio.*;

import dev.weft.loop.Task;

/** Two tasks that take turns. */
public class Main {

  public static void main(String[] args) {
    run(() -> {
      Task<?> world = createTask(() -> System.out.println("world"));
      System.out.println("hello");
      await(world);
    });
  }
}
