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
 * How to measure on a machine that has other work to do. The server's CPU time per request is the figure to
 * trust: a process that gets less of the CPU serves less, but what it serves costs the same. Servers stay
 * alive and take turns point by point, in another order each round, and ratios are taken within a round; their
 * median stands. In a closed loop one of the two sides is always busy: where neither was, others had the CPU,
 * so the sample is taken again, and if that does not help it counts for its CPU time but not for its rate and
 * latency.
 */

/**
 * Measures servers over the loopback, interleaved, and prints a table for each point.
 *
 * <pre>
 * mvn -q -f bench -Drun="EchoBench --rounds 5 --only nio,streams --points 1k64"
 *
 * --suite   tcp if not given; tls, bulk, udp: see {@link Suite} for what they do, and for the
 *           points and servers that are measured if the next two are not given
 *           points: how many bytes on how many connections, see there; 1k64d16 is pipelined, in churn each request has
 *           a connection of its own
 * --only    servers; what is compared with comes first
 * --rounds  3 if not given
 * --secs    how long a sample takes, 1 if not given
 * --warm    how long a JVM is warmed up on the first point, 3 if not given; a third of it on the others; then
 *           until its compilers are quiet
 * --extra   NAME=COMMAND: another server, listening on 127.0.0.1 at the port that stands for {port};
 *           may be given several times
 * </pre>
 *
 * Needs Linux, gcc (for TLS with the headers of OpenSSL) and taskset, and two CPUs: the first for the server,
 * the second for the generator. A server whose runtime is not there is left out, with a message.
 */
public final class EchoBench {

  private static final int RETRIES = 2;

  /** How many seconds a JVM gets at most on each point, beyond its warm-up, for its compilers to finish. */
  private static final int PATIENCE = 15;

  /** As much of a CPU may be the compilers' in a second, in ticks of 10 ms, when it is measured. */
  private static final int QUIET = 2;

  private Suite suite = Suite.TCP;
  private List<String> points; // null for the suite's
  private List<String> names; // null for the suite's
  private final Map<String, String> extra = new LinkedHashMap<>();
  private int rounds = 3;
  private double seconds = 1;
  private double warmup = 3;

  // point, then server, then a sample for each round
  private final Map<String, Map<String, List<LoadGenerator.Sample>>> results =
      new LinkedHashMap<>();

  EchoBench(String... args) {
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " lacks its value");
      }
      option(args[i], args[i + 1]);
    }
    names = new ArrayList<>(names == null ? suite.servers() : names);
    names.addAll(extra.keySet());
    points = points == null ? suite.points() : points;
    points.forEach(suite::load); // or throw
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
   * @param args options
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

  /** Lets the compilers do their work: on the first point thoroughly, on the others for their own paths. */
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

  /** On a busy machine compilers may need many times as long: what they take would count as the server's. */
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

  // ---- what came out

  /** The servers that were there. */
  List<String> servers() {
    return names;
  }

  /** What a server has taken, and done: medians of the rounds, the last two but of those that it was fed in. */
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
