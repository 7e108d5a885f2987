package dev.weft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The fuzzer's choices, and its reduction of failing inputs. */
class FuzzingTest {

  private static void failsWithSevenAndNine(byte[] input) {
    int seven = -1;
    for (int i = 0; i < input.length; i++) {
      if (input[i] == 7) {
        seven = i;
      }
      assertFalse(input[i] == 9 && seven >= 0, "a nine after a seven");
    }
  }

  @Test
  @DisplayName("an input that fails is reduced as far as possible, and reported with its seed")
  void shrinks() {
    byte[] input = new byte[1_000];
    Arrays.fill(input, (byte) 33);
    input[400] = 7;
    input[800] = 9;
    assertArrayEquals(
        new byte[] {7, 9},
        Fuzzing.shrink(FuzzingTest::failsWithSevenAndNine, input, AssertionError.class));

    var failure = assertThrows(
        AssertionError.class, () -> Fuzzing.random(FuzzingTest::failsWithSevenAndNine, 1, 1_000));
    assertTrue(
        failure.getMessage().matches("seed \\d+, reduced: --input 0709 fails: .*"),
        failure::getMessage);
  }

  @Test
  @DisplayName("choices come from the array, and are pseudo-random after its end")
  void choices() {
    var random = new FedRandom(new byte[] {5, 2, 7, 1});
    assertEquals(5, random.nextInt(10));
    assertEquals(0, random.nextInt(2));
    assertEquals(7, random.nextInt(256));
    assertTrue(random.nextBoolean());
    assertTrue(random.isExhausted());
    long distinct = random.ints(100, 0, 1_000_000).distinct().count();
    assertTrue(distinct > 90, () -> "only " + distinct);
  }
}
