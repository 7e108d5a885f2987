package dev.weft.stream;

import dev.weft.testkit.FedRandom;
import dev.weft.testkit.Loops;

/** A fuzzer's way to a reader: its input decides on content, limit, chunks, pauses and calls. */
public final class ReaderFuzz {

  private ReaderFuzz() {}

  /** Fails if a call returns anything but what the content says. */
  public static void fuzzerTestOneInput(byte[] input) {
    var model = new ReaderModel(new FedRandom(input));
    try {
      Loops.run(model::run);
    } catch (Throwable error) {
      throw new AssertionError(model.toString(), error);
    }
  }
}
