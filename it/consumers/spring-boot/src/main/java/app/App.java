package app;

import static dev.weft.Asyncio.*;

import dev.weft.loop.Task;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Two tasks that take turns in an application of Spring Boot. */
@SpringBootApplication
public class App implements CommandLineRunner {

  public static void main(String[] args) {
    SpringApplication.run(App.class, args);
  }

  @Override
  public void run(String... args) {
    dev.weft.Asyncio.run(() -> {
      Task<?> world = createTask(() -> System.out.println("world"));
      System.out.println("hello");
      await(world);
    });
  }
}
