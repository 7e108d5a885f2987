package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Asyncio;
import dev.weft.testkit.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** J12: the JDK's thread that ends timed waits. */
class UnparkerTest {

  /** The first timed wait of a virtual thread is that of a task, whose carrier is the main thread. */
  static final class Sleeping {
    public static void main(String[] args) throws Exception {
      Asyncio.run(() -> Thread.sleep(10));
      System.out.println("ran");
    }
  }

  @Test
  @DisplayName("J12: a program whose task sleeps by Thread.sleep ends after its main method")
  void ends() {
    ChildJvm.Outcome outcome = ChildJvm.run(List.of(), Sleeping.class);
    assertEquals(0, outcome.exitCode(), outcome::output);
  }
}
