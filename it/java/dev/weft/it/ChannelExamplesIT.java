package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.examples.WaitForData;
import dev.weft.examples.WatchChannel;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Weft;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that use channels of their own. */
@Timeout(60)
class ChannelExamplesIT {

  @ParameterizedTest
  @ValueSource(classes = {WatchChannel.class, WaitForData.class})
  @DisplayName("an example receives its three bytes and ends")
  void receives(Class<?> example) throws Exception {
    try (Peer weft = Weft.example(example, "16m")) {
      assertEquals(0, weft.waitFor(Duration.ofSeconds(50)), weft::output);
      assertEquals("Received: abc", weft.output().lines().reduce("", (before, line) -> line));
    }
  }
}
