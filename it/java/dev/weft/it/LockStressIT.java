package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.stress.LockStress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class LockStressIT {

  @Test
  @Timeout(300) // some seconds where the processors are free
  @DisplayName(
      "J6: locks, Logback and java.util.logging, shared by callbacks, tasks and foreign threads: no deadlock")
  void noDeadlock() throws Exception {
    LockStress.Outcome outcome = LockStress.run(1, 50_000);
    assertEquals(50_000, outcome.turns());
    assertTrue(outcome.contended() > 0, outcome::toString);
  }
}
