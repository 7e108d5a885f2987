package dev.weft.stream;

import dev.weft.testkit.FedRandom;
import dev.weft.testkit.Loops;

/** A fuzz target for a reader: its input determines content, limit, chunks, pauses and calls. */
public final class ReaderFuzz {

  private ReaderFuzz() {}

  /** Fails if a call returns another result than the content determines. */
  public static void fuzzerTestOneInput(byte[] input) {
    var model = new ReaderModel(new FedRandom(input));
    try {
      Loops.run(model::run);
    } catch (Throwable error) {
      throw new AssertionError(model.toString(), error);
    }
  }
}
