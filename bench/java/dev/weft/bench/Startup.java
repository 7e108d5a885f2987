package dev.weft.bench;

import dev.weft.Asyncio;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * From the start of a JVM to its end, of a program that greets: on Weft, and without. They take turns, and the
 * median of the rounds stands. {@code Startup [ROUNDS]}, 21 if not given.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec@startup
 * </pre>
 */
public final class Startup {

  private static final int WARMUPS = 2; // the system's caches
  private static final double MOST = 150;
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /** What a program has that uses Weft, and this class; not what tests and benchmarks need besides. */
  private static final String CLASS_PATH = Stream.of(
          System.getProperty("java.class.path").split(File.pathSeparator))
      .filter(entry -> entry.endsWith("classes") || entry.contains("slf4j"))
      .collect(Collectors.joining(File.pathSeparator));

  private Startup() {}

  /** Hello on Weft. */
  static final class OnWeft {
    public static void main(String[] args) {
      Asyncio.run(() -> System.out.println("hello"));
    }
  }

  /** Hello. */
  static final class Plain {
    public static void main(String[] args) {
      System.out.println("hello");
    }
  }

  /**
   * Measures and prints.
   *
   * @param args how many rounds
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 21;
    double[] weft = new double[rounds];
    double[] plain = new double[rounds];
    double[] more = new double[rounds];
    for (int round = -WARMUPS; round < rounds; round++) {
      double with = millis(OnWeft.class);
      double without = millis(Plain.class);
      if (round >= 0) {
        weft[round] = with;
        plain[round] = without;
        more[round] = with - without;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%nhello on Weft %.0f ms, without %.0f ms; more: %.0f ms, goal <= %.0f ms: %s%n",
        EchoBench.median(weft),
        EchoBench.median(plain),
        EchoBench.median(more),
        MOST,
        EchoBench.median(more) <= MOST ? "met" : "MISSED");
  }

  private static double millis(Class<?> program) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String said = Programs.output(List.of(
        JAVA, "--add-opens=java.base/java.lang=ALL-UNNAMED", "-cp", CLASS_PATH, program.getName()));
    long end = System.nanoTime();
    if (!said.equals("hello" + System.lineSeparator())) {
      throw new IOException("it said: " + said);
    }
    return (end - start) / 1e6;
  }
}
