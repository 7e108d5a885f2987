import static dev.weft.Asyncio.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ShoutTest {

  @Test
  void answersInCapitals() throws Exception {
    Visit.main(new String[0]);
    assertEquals("AGAIN", Visit.ask("again"));
  }

  @Test
  void runsInATest() {
    String said = run(() -> {
      sleep(Duration.ofMillis(1));
      return "slept";
    });
    assertEquals("slept", said);
  }
}
