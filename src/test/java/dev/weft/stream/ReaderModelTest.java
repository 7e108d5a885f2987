package dev.weft.stream;

import dev.weft.testkit.Fuzzing;
import dev.weft.testkit.Loops;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader compared with a model that knows the whole content. */
class ReaderModelTest {

  private static final int SEQUENCES = 60;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  @DisplayName(
      "STR-3, STR-5 to STR-11: for any chunks, each read returns the result that the content determines")
  void agrees(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < SEQUENCES; i++) {
      var model = new ReaderModel(new Random(random.nextLong()));
      try {
        Loops.run(model::run);
      } catch (Throwable e) {
        throw new AssertionError("sequence " + i + " of seed " + seed + ": " + model, e);
      }
    }
  }

  @Test
  @DisplayName(
      "STR-3, STR-5 to STR-11: each read returns the correct result for contents, chunks and calls that a fuzzer chooses")
  void fuzzed() {
    Fuzzing.random(ReaderFuzz::fuzzerTestOneInput, 1, 500);
  }
}
