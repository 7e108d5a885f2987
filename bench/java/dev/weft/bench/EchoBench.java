package dev.weft.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/*
 * The benchmark must work on a machine that has other work to do. The most reliable figure is the server's CPU time
 * per request: a process that gets less of the CPU serves fewer requests, but each request costs the same. All servers
 * stay alive and take turns at each point, in a different order each round. A ratio compares two servers within one
 * round, and the result is the median of the ratios. In a closed loop the server or the generator is always busy. If
 * neither was busy, other processes had the CPU, and the benchmark repeats the sample. If the repetition does not help,
 * the sample counts for CPU time, but not for rate and latency.
 */

/**
 * Measures servers in turns over the loopback interface, and prints a table for each point.
 *
 * <pre>
 * mvn -q -f bench -Drun="EchoBench --rounds 5 --only nio,streams --points 1k64"
 *
 * --suite   tcp (default), tls, bulk or udp; {@link Suite} describes them and has their default points and servers
 * --points  message size and number of connections, see {@link Suite#load}; 1k64d16 is pipelined; in churn each
 *           request has its own connection
 * --only    the servers; the others are compared with the first
 * --rounds  number of rounds, 3 by default
 * --secs    seconds for a sample, 1 by default
 * --warm    seconds of warm-up of a JVM on the first point, 3 by default; a third of it on each other point; after
 *           that the benchmark waits until the JVM's compilers are idle
 * --extra   NAME=COMMAND: another server, which listens on 127.0.0.1 at the port that replaces {port};
 *           may be repeated
 * </pre>
 *
 * Needs Linux, taskset, gcc (for TLS with the headers of OpenSSL), and two CPUs: the first for the server, the second
 * for the generator. If the runtime of a server is missing, the benchmark prints a message and skips the server.
 */
public final class EchoBench {

  private static final int RETRIES = 2;

  /** Maximum number of seconds to wait for a JVM's compilers on each point, after the warm-up. */
  private static final int PATIENCE = 15;

  /** Maximum CPU time of a JVM's compilers in a second, in ticks of 10 ms, at which they count as idle. */
  private static final int QUIET = 2;

  private Suite suite = Suite.TCP;
  private List<String> points; // null: the points of the suite
  private List<String> names; // null: the servers of the suite
  private final Map<String, String> extra = new LinkedHashMap<>();
  private int rounds = 3;
  private double seconds = 1;
  private double warmup = 3;

  // by point, then by server: a sample for each round
  private final Map<String, Map<String, List<LoadGenerator.Sample>>> results =
      new LinkedHashMap<>();

  EchoBench(String... args) {
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " has no value");
      }
      option(args[i], args[i + 1]);
    }
    names = new ArrayList<>(names == null ? suite.servers() : names);
    names.addAll(extra.keySet());
    points = points == null ? suite.points() : points;
    points.forEach(suite::load); // throws if a point is malformed
  }

  private void option(String option, String value) {
    switch (option) {
      case "--suite" -> suite = Suite.of(value);
      case "--points" -> points = List.of(value.split(","));
      case "--only" -> names = List.of(value.split(","));
      case "--rounds" -> rounds = Integer.parseInt(value);
      case "--secs" -> seconds = Double.parseDouble(value);
      case "--warm" -> warmup = Double.parseDouble(value);
      case "--extra" -> extra.put(value.split("=", 2)[0], value.split("=", 2)[1]);
      default -> throw new IllegalArgumentException("unknown option: " + option);
    }
  }

  /**
   * Measures and prints.
   *
   * @param args the options that the class describes
   */
  public static void main(String[] args) throws Exception {
    var bench = new EchoBench(args);
    bench.measure();
    bench.print();
  }

  // ---- measuring

  void measure() throws IOException, InterruptedException {
    LoadGenerator generator = LoadGenerator.compile(suite.isEncrypted());
    var servers = new LinkedHashMap<String, ServerProcess>();
    try {
      for (String name : names) {
        try {
          servers.put(name, ServerProcess.start(suite, name, extra.get(name)));
        } catch (IOException missing) {
          log("SKIPPED %s: %s; see bench/install-peers", name, missing.getMessage());
        }
      }
      names = new ArrayList<>(servers.keySet());
      warmUp(generator, servers);
      for (int round = 0; round < rounds; round++) {
        var order = new ArrayList<>(names);
        Collections.rotate(order, round);
        for (String point : points) {
          for (String name : order) {
            LoadGenerator.Sample sample = sample(generator, servers.get(name), point);
            results
                .computeIfAbsent(point, p -> new LinkedHashMap<>())
                .computeIfAbsent(name, n -> new ArrayList<>())
                .add(sample);
            log("round %d  %-8s %-9s %s", round + 1, point, name, sample);
          }
        }
      }
    } finally {
      servers.values().forEach(ServerProcess::close);
    }
  }

  /** Runs each JVM until its code is compiled: longest on the first point, shorter on the others. */
  private void warmUp(LoadGenerator generator, Map<String, ServerProcess> servers)
      throws IOException, InterruptedException {
    for (ServerProcess server : servers.values()) {
      log("warming up %s", server.name());
      double length = server.isJvm() ? warmup : Math.min(warmup, 0.5);
      for (String point : points) {
        generator.run(server, suite.load(point) + " -w 0 -t " + length);
        if (server.isJvm()) {
          awaitCompilers(generator, server, point);
        }
        length = Math.min(length, warmup / 3);
      }
    }
  }

  /** Waits until the server's compilers are idle, because their CPU time would count as the server's. */
  private void awaitCompilers(LoadGenerator generator, ServerProcess server, String point)
      throws IOException, InterruptedException {
    for (int i = 0; i < PATIENCE; i++) {
      long before = server.compilerTicks();
      generator.run(server, suite.load(point) + " -w 0 -t 1");
      if (server.compilerTicks() - before <= QUIET) {
        return;
      }
    }
    log("%s still compiles", server.name());
  }

  private LoadGenerator.Sample sample(LoadGenerator generator, ServerProcess server, String point)
      throws IOException, InterruptedException {
    String arguments = suite.load(point) + " -w " + Math.min(0.25, seconds / 4) + " -t " + seconds;
    LoadGenerator.Sample best = generator.run(server, arguments);
    for (int retry = 0; best.starved() && retry < RETRIES; retry++) {
      LoadGenerator.Sample again = generator.run(server, arguments);
      if (again.busy() > best.busy()) {
        best = again;
      }
    }
    return best;
  }

  // ---- results

  /** The servers that the benchmark measured. */
  List<String> servers() {
    return names;
  }

  /**
   * A server's figures, as medians of the rounds. Rate and latency leave out rounds in which other processes had the
   * CPU.
   */
  Map<String, Double> medians(String point, String name) {
    List<LoadGenerator.Sample> samples = results.get(point).get(name);
    var medians = new LinkedHashMap<String, Double>();
    medians.put("micros", median(values(samples, LoadGenerator.Sample::cpuMicros)));
    medians.put("userMicros", median(values(samples, LoadGenerator.Sample::userMicros)));
    List<LoadGenerator.Sample> fed = fed(samples);
    if (!fed.isEmpty()) {
      medians.put("perSecond", median(values(fed, LoadGenerator.Sample::requestsPerSecond)));
      medians.put("p99", median(values(fed, LoadGenerator.Sample::p99)));
    }
    return medians;
  }

  private static List<LoadGenerator.Sample> fed(List<LoadGenerator.Sample> samples) {
    return samples.stream().filter(sample -> !sample.starved()).toList();
  }

  /** The server's CPU time per request as a multiple of the base's: the median of the rounds' ratios. */
  double ratio(String point, String name, String base) {
    List<LoadGenerator.Sample> own = results.get(point).get(name);
    List<LoadGenerator.Sample> others = results.get(point).get(base);
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      ratios[round] = own.get(round).cpuMicros() / others.get(round).cpuMicros();
    }
    return median(ratios);
  }

  private void print() {
    String base = names.get(0);
    results.forEach((point, samples) -> {
      System.out.printf("%n### %s: loadgen %s%n%n", point, suite.load(point));
      System.out.printf(
          "| server | CPU µs/request | to %s | min..max | user µs | requests/s | p50 µs | p99 µs | starved |%n",
          base);
      System.out.println("|---|---|---|---|---|---|---|---|---|");
      samples.forEach((name, rounds) -> System.out.println(row(point, name, base, rounds)));
    });
  }

  private String row(String point, String name, String base, List<LoadGenerator.Sample> samples) {
    double[] cpu = values(samples, LoadGenerator.Sample::cpuMicros);
    List<LoadGenerator.Sample> fed = fed(samples);
    return String.format(
        Locale.ROOT,
        "| %s | %.2f | %.3f | %.2f..%.2f | %.2f | %s | %s | %s | %d of %d |",
        name,
        median(cpu),
        ratio(point, name, base),
        Arrays.stream(cpu).min().orElseThrow(),
        Arrays.stream(cpu).max().orElseThrow(),
        median(values(samples, LoadGenerator.Sample::userMicros)),
        whole(values(fed, LoadGenerator.Sample::requestsPerSecond)),
        whole(values(fed, LoadGenerator.Sample::p50)),
        whole(values(fed, LoadGenerator.Sample::p99)),
        samples.size() - fed.size(),
        samples.size());
  }

  private static double[] values(
      List<LoadGenerator.Sample> samples,
      java.util.function.ToDoubleFunction<LoadGenerator.Sample> value) {
    return samples.stream().mapToDouble(value).toArray();
  }

  private static String whole(double[] values) {
    return values.length == 0 ? "-" : String.format(Locale.ROOT, "%,.0f", median(values));
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static void log(String format, Object... args) {
    System.err.printf(Locale.ROOT, format + "%n", args);
  }
}
