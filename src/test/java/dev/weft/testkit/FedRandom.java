package dev.weft.testkit;

import java.util.Arrays;
import java.util.Random;

/**
 * A random generator that reads its choices from an array. A fuzzer, or code that reduces a failing input, changes
 * single choices by changes of the array. After the array's end the choices are pseudo-random.
 */
public final class FedRandom extends Random {

  private static final long serialVersionUID = 1;

  private final byte[] choices;
  private int position;

  public FedRandom(byte[] choices) {
    super(Arrays.hashCode(choices));
    this.choices = choices.clone();
  }

  /** Whether all of the array is read. */
  public boolean isExhausted() {
    return position >= choices.length;
  }

  @Override
  public int nextInt(int bound) {
    if (bound > 256 || isExhausted()) {
      return super.nextInt(bound);
    }
    return (choices[position++] & 0xff) % bound;
  }

  @Override
  protected int next(int bits) {
    if (choices == null || isExhausted()) { // null during the superclass's constructor
      return super.next(bits);
    }
    int value = 0;
    for (int taken = 0; taken < bits && !isExhausted(); taken += 8) {
      value = value << 8 | choices[position++] & 0xff;
    }
    return value & (int) ((1L << bits) - 1);
  }
}
