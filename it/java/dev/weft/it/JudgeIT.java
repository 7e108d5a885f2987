package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.it.judge.Judge;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class JudgeIT {

  @Test
  @Timeout(300) // some ten seconds where the processors are free
  @RequiresPeer("python")
  @DisplayName("2,000 random programs do the same on CPython's asyncio and on Weft, event by event")
  void programsDoTheSameAsOnAsyncio() throws Exception {
    assertEquals(List.of(), new Judge(Peers.python()).run(1, 2000, 1));
  }
}
