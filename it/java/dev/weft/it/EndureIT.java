package dev.weft.it;

import dev.weft.it.endure.Endure;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX) // descriptors are counted
final class EndureIT {

  @Test
  @Timeout(300)
  @DisplayName(
      "60,000 operations under hostile peers, failures, cancellations and few descriptors: nothing is lost")
  void nothingIsLost() throws Exception {
    Endure.run(1, 60_000, 300);
  }
}
