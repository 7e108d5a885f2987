package dev.weft.bench;

import dev.weft.Asyncio;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Measures the time from the start to the end of the JVM of a hello program: without Weft, on Weft, and on Weft with
 * each of the JDK's two kinds of class archives. All classes are in jars, and the program without Weft has no flags.
 * The programs take turns, and the result is the median of the rounds. Usage: {@code Startup [ROUNDS]}; 21 rounds by
 * default.
 *
 * <pre>
 * mvn -q -f bench -Drun=Startup
 * </pre>
 */
public final class Startup {

  private static final int WARMUPS = 2; // to fill the system's caches
  private static final double MOST = 150;
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private Startup() {}

  /** The hello program on Weft. */
  static final class OnWeft {
    public static void main(String[] args) {
      Asyncio.run(() -> System.out.println("hello"));
    }
  }

  /** The hello program without Weft. */
  static final class Plain {
    public static void main(String[] args) {
      System.out.println("hello");
    }
  }

  /** One way to start one of the programs, and its times. */
  private static final class Way {
    final String name;
    final List<String> command = new ArrayList<>();
    final double[] millis;

    Way(String name, int rounds, String... arguments) {
      this.name = name;
      this.millis = new double[rounds];
      command.add(JAVA);
      command.addAll(List.of(arguments));
    }

    void run(int round) throws IOException, InterruptedException {
      long start = System.nanoTime();
      String said = Programs.output(command);
      long end = System.nanoTime();
      if (!said.equals("hello" + System.lineSeparator())) {
        throw new IOException(name + " said: " + said);
      }
      if (round >= 0) {
        millis[round] = (end - start) / 1e6;
      }
    }

    double moreThan(Way other) {
      double[] more = new double[millis.length];
      Arrays.setAll(more, round -> millis[round] - other.millis[round]);
      return EchoBench.median(more);
    }
  }

  /**
   * Measures and prints.
   *
   * @param args the number of rounds, 21 by default
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 21;
    Path folder = Files.createTempDirectory("startup");
    try {
      measure(rounds, folder);
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static void measure(int rounds, Path folder) throws Exception {
    String ours = entry("test-classes");
    String plain = jar(folder, "plain.jar", List.of(), ours, "dev/weft/bench");
    String weft = jar(folder, "weft.jar", List.of(), entry("classes"), ".");
    String slf4j = entry("slf4j-api");
    Path manifest = Files.writeString(
        folder.resolve("manifest"),
        "Main-Class: " + OnWeft.class.getName()
            + "\nClass-Path: weft.jar "
            + Path.of(slf4j).toUri()
            + "\n");
    String executable =
        jar(folder, "hello.jar", List.of("--manifest=" + manifest), ours, "dev/weft/bench");
    String classPath = String.join(File.pathSeparator, plain, weft, slf4j);
    String main = OnWeft.class.getName();

    var without = new Way("without Weft", rounds, "-cp", plain, Plain.class.getName());
    var with = new Way("on Weft", rounds, "-cp", classPath, main);
    var ways = new ArrayList<>(List.of(without, with));
    ways.add(new Way("executable jar", rounds, "-jar", executable));
    String creating = "-XX:+AutoCreateSharedArchive";
    String shared = "-XX:SharedArchiveFile=" + folder.resolve("classes.jsa");
    train(creating, shared, "-jar", executable);
    ways.add(new Way("with a shared archive", rounds, creating, shared, "-jar", executable));
    if (Runtime.version().feature() >= 25) { // JDK 24 needs two steps to create a cache
      Path cache = folder.resolve("classes.aot");
      train("-XX:AOTCacheOutput=" + cache, "-cp", classPath, main);
      ways.add(
          new Way("with an AOT cache", rounds, "-XX:AOTCache=" + cache, "-cp", classPath, main));
    }
    for (int round = -WARMUPS; round < rounds; round++) {
      for (Way way : ways) {
        way.run(round);
      }
    }
    System.out.println();
    for (Way way : ways) {
      System.out.printf(
          Locale.ROOT,
          "hello %-22s %4.0f ms, %4.0f ms more%n",
          way.name + ":",
          EchoBench.median(way.millis),
          way.moreThan(without));
    }
    System.out.printf(
        Locale.ROOT,
        "goal: at most %.0f ms more on Weft: %s%n",
        MOST,
        with.moreThan(without) <= MOST ? "met" : "MISSED");
  }

  /** Runs the program once, so that the JVM writes an archive at its end. Discards the JVM's messages about it. */
  private static void train(String... arguments) throws IOException, InterruptedException {
    var way = new Way("training", 0, arguments);
    Programs.output(new ProcessBuilder(way.command).redirectError(ProcessBuilder.Redirect.DISCARD));
  }

  /** The entry of the class path whose file name begins with {@code name}. */
  private static String entry(String name) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Path.of(entry).getFileName().toString().startsWith(name))
        .findFirst()
        .orElseThrow();
  }

  /** Creates a jar from the files under {@code part} of a folder of classes. */
  private static String jar(
      Path folder, String name, List<String> options, String classes, String part) {
    String jar = folder.resolve(name).toString();
    var arguments = new ArrayList<>(List.of("--create", "--file=" + jar));
    arguments.addAll(options);
    arguments.addAll(List.of("-C", classes, part));
    ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
    if (tool.run(System.out, System.err, arguments.toArray(String[]::new)) != 0) {
      throw new IllegalStateException("cannot create " + jar);
    }
    return jar;
  }
}
