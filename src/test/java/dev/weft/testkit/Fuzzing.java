package dev.weft.testkit;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/**
 * Runs a target with random inputs, and reduces an input that fails. A target is a class with a public static method
 * {@code fuzzerTestOneInput(byte[])}, as for Jazzer.
 *
 * <pre>
 *   mvn -q test-compile exec:exec@run -Drun="dev.weft.testkit.Fuzzing dev.weft.stream.ReaderFuzz --seed 1 --count 100000"
 *   mvn -q test-compile exec:exec@run -Drun="dev.weft.testkit.Fuzzing dev.weft.stream.ReaderFuzz --input 00ff17"
 * </pre>
 */
public final class Fuzzing {

  /** Code that must accept any input. */
  @FunctionalInterface
  public interface Target {
    void run(byte[] input) throws Throwable;
  }

  private static final int ATTEMPTS = 2_000; // runs of the target to reduce an input

  private Fuzzing() {}

  /**
   * Runs a target {@code count} times.
   *
   * @param seed the seed of the first input; the seed of each next input is one larger
   */
  public static void random(Target target, long seed, int count) {
    for (long each = seed; each < seed + count; each++) {
      byte[] input = input(each);
      Throwable failure = failure(target, input);
      if (failure != null) {
        byte[] small = shrink(target, input, failure.getClass());
        throw new AssertionError(
            "seed " + each + ", reduced: --input " + HexFormat.of().formatHex(small) + " fails: "
                + failure(target, small),
            failure);
      }
    }
  }

  private static byte[] input(long seed) {
    var random = new Random(seed * 0x9E3779B97F4A7C15L);
    byte[] input = new byte[random.nextInt(1 + random.nextInt(2_000))];
    random.nextBytes(input);
    return input;
  }

  private static Throwable failure(Target target, byte[] input) {
    try {
      target.run(input);
      return null;
    } catch (Throwable failure) {
      return failure;
    }
  }

  /** Removes or zeroes as many bytes as possible, while the input still fails in the same way. */
  static byte[] shrink(Target target, byte[] input, Class<?> kind) {
    byte[] smallest = input;
    int attempts = ATTEMPTS;
    for (int part = Math.max(1, input.length / 2); part > 0 && attempts > 0; part /= 2) {
      for (int at = 0; at < smallest.length && attempts > 0; ) {
        byte[] shorter = without(smallest, at, part);
        byte[] zeroed = smallest.clone();
        Arrays.fill(zeroed, at, Math.min(at + part, zeroed.length), (byte) 0);
        attempts -= 2;
        if (kind.isInstance(failure(target, shorter))) {
          smallest = shorter;
        } else {
          if (!Arrays.equals(zeroed, smallest) && kind.isInstance(failure(target, zeroed))) {
            smallest = zeroed;
          }
          at += part;
        }
      }
    }
    return smallest;
  }

  private static byte[] without(byte[] input, int at, int count) {
    int end = Math.min(at + count, input.length);
    byte[] shorter = Arrays.copyOf(input, input.length - (end - at));
    System.arraycopy(input, end, shorter, at, input.length - end);
    return shorter;
  }

  /** Runs a target with the options that the class describes. */
  public static void main(String[] args) throws Throwable {
    MethodHandle method = MethodHandles.lookup()
        .findStatic(
            Class.forName(args[0]),
            "fuzzerTestOneInput",
            MethodType.methodType(void.class, byte[].class));
    Target target = input -> {
      method.invokeExact(input); // a statement, because an expression lambda would need a result
    };
    long seed = 1;
    int count = 10_000;
    for (int i = 1; i < args.length; i++) {
      switch (args[i]) {
        case "--seed" -> seed = Long.parseLong(args[++i]);
        case "--count" -> count = Integer.parseInt(args[++i]);
        case "--input" -> {
          target.run(HexFormat.of().parseHex(args[++i]));
          return;
        }
        default -> throw new IllegalArgumentException("unknown option: " + args[i]);
      }
    }
    random(target, seed, count);
    System.out.printf("%s: %,d inputs from seed %d, none fails%n", args[0], count, seed);
  }
}
