package dev.weft.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/*
 * The method is that of EchoBench. The peers stay alive and take turns at each operation on one CPU, in a different
 * order each round. The figure is CPU time. A ratio compares two peers within one round, and the result is the median
 * of the ratios. The kernel reports a process's CPU time in hundredths of a second, so a sample must be much longer.
 */

/**
 * Measures operations of tasks on Weft and on other runtimes, prints a table and writes all samples to {@code
 * target/bench/peers.json}. A run takes about four minutes.
 *
 * <pre>
 * bench/install-peers
 * mvn -q -f bench -Drun="PeerBench --rounds 9"
 *
 * --rounds      number of rounds, 5 by default
 * --millis      milliseconds for a sample, 300 by default
 * --operations  the operations, all by default
 * --only        the peers, weft,asyncio,uvloop,go,tokio,node by default; the first is compared with the others
 * --extra       NAME=COMMAND: another peer, with the input and output of bench/peers/tasks.py; the goals for asyncio
 *               and uvloop apply to names that begin with these words, and the warm-up of weft to names that begin
 *               with weft; may be repeated
 * </pre>
 *
 * Needs Linux and taskset. If a peer is missing, the benchmark prints a message and skips the peer.
 */
public final class PeerBench {

  private static final int WARMUPS = 12;
  private static final long WARMUP_MILLIS = 400;
  private static final int RETRIES = 2;
  private static final Path SAMPLES = Path.of("target", "bench", "peers.json");

  /** The goals: the CPU time of a peer divided by that of Weft. */
  private static final Map<String, Double> GOALS = Map.of("asyncio", 10.0, "uvloop", 5.0);

  private static final Map<String, String> OPERATIONS = new LinkedHashMap<>();

  static {
    OPERATIONS.put("spawn", "spawn and join of an empty task");
    OPERATIONS.put("yield", "yield, two tasks in turn");
    OPERATIONS.put("future", "switch between two tasks by futures");
    OPERATIONS.put("event", "switch between two tasks by events");
    OPERATIONS.put("lock", "a lock that is free");
    OPERATIONS.put("queue1", "an item through a queue of 1");
    OPERATIONS.put("queue100", "an item through a queue of 100");
    OPERATIONS.put("gather", "`gather` of 100 empty tasks");
    OPERATIONS.put("group", "`TaskGroup` of 100 empty tasks");
    OPERATIONS.put("timeout", "a timeout scope around nothing");
    OPERATIONS.put("wait_for", "`wait_for` of an empty coroutine");
    OPERATIONS.put("timer", "`call_later` and cancel");
    OPERATIONS.put("sleep", "a task that sleeps a moment, of 10,000");
    OPERATIONS.put("cancel", "a task cancelled in its sleep, of 10,000");
  }

  private List<String> names = Peers.NAMES;
  private List<String> operations = List.copyOf(OPERATIONS.keySet());
  private final Map<String, String> extra = new LinkedHashMap<>();
  private int rounds = 5;
  private long millis = 300;

  private final Map<String, PeerProcess> peers = new LinkedHashMap<>();

  // by operation, then by peer: a sample for each round
  private final Map<String, Map<String, List<PeerProcess.Sample>>> results = new LinkedHashMap<>();

  private PeerBench(String... args) {
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " has no value");
      }
      option(args[i], args[i + 1]);
    }
    names = new ArrayList<>(names);
    names.addAll(extra.keySet());
    if (!OPERATIONS.keySet().containsAll(operations)) {
      throw new IllegalArgumentException(
          "operations are " + OPERATIONS.keySet() + ": " + operations);
    }
  }

  private void option(String option, String value) {
    switch (option) {
      case "--rounds" -> rounds = Integer.parseInt(value);
      case "--millis" -> millis = Long.parseLong(value);
      case "--operations" -> operations = List.of(value.split(","));
      case "--only" -> names = List.of(value.split(","));
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
    var bench = new PeerBench(args);
    try {
      bench.start();
      bench.warmUp();
      bench.measure();
    } finally {
      bench.peers.values().forEach(PeerProcess::close);
    }
    bench.print();
    Files.writeString(SAMPLES, bench.json());
  }

  // ---- measuring

  private void start() throws InterruptedException {
    for (String name : names) {
      try {
        String command = extra.get(name);
        peers.put(
            name,
            PeerProcess.start(
                command == null ? Peers.command(name) : List.of(command.split(" +"))));
      } catch (IOException missing) {
        log("SKIPPED %s: %s; see bench/install-peers", name, missing.getMessage());
      }
    }
  }

  /** Warms up a JVM several times, because each new operation makes it compile shared code again. */
  private void warmUp() throws IOException {
    for (int i = 0; i < WARMUPS; i++) {
      log("warming up, %d of %d", i + 1, WARMUPS);
      for (String operation : operations) {
        for (String name : peers.keySet()) {
          if (i == 0 || name.startsWith("weft")) {
            peers.get(name).run(operation, WARMUP_MILLIS);
          }
        }
      }
    }
  }

  private void measure() throws IOException {
    for (int round = 0; round < rounds; round++) {
      var order = new ArrayList<>(peers.keySet());
      Collections.rotate(order, round);
      for (String operation : operations) {
        for (String name : order) {
          Optional<PeerProcess.Sample> sample = sample(peers.get(name), operation);
          if (sample.isPresent()) {
            results
                .computeIfAbsent(operation, o -> new LinkedHashMap<>())
                .computeIfAbsent(name, n -> new ArrayList<>())
                .add(sample.get());
            log("round %d  %-9s %-9s %s", round + 1, operation, name, sample.get());
          }
        }
      }
    }
  }

  private Optional<PeerProcess.Sample> sample(PeerProcess peer, String operation)
      throws IOException {
    Optional<PeerProcess.Sample> best = peer.run(operation, millis);
    for (int retry = 0; best.isPresent() && best.get().starved() && retry < RETRIES; retry++) {
      PeerProcess.Sample again = peer.run(operation, millis).orElseThrow();
      if (again.busy() > best.get().busy()) {
        best = Optional.of(again);
      }
    }
    return best;
  }

  // ---- results

  private void print() {
    System.out.printf(
        "%n%d CPUs; %s%n%n",
        Runtime.getRuntime().availableProcessors(),
        peers.values().stream().map(PeerProcess::title).collect(Collectors.joining("; ")));
    System.out.println(
        "| CPU ns per operation | " + String.join(" | ", peers.keySet()) + " | goals |");
    System.out.println("|---".repeat(peers.size() + 2) + "|");
    results.forEach((operation, samples) -> System.out.println(row(operation, samples)));
    long starved = samples().filter(PeerProcess.Sample::starved).count();
    System.out.printf("%nSTARVED: %d samples of %d%n", starved, samples().count());
  }

  private Stream<PeerProcess.Sample> samples() {
    return results.values().stream().flatMap(s -> s.values().stream()).flatMap(List::stream);
  }

  private String row(String operation, Map<String, List<PeerProcess.Sample>> samples) {
    var row = new StringBuilder("| " + OPERATIONS.get(operation) + " |");
    var missed = new ArrayList<String>();
    String own = peers.keySet().iterator().next();
    for (String name : peers.keySet()) {
      OptionalDouble ratio = ratio(samples.get(name), samples.get(own));
      if (ratio.isEmpty()) {
        row.append(" - |");
        continue;
      }
      row.append(String.format(Locale.ROOT, " %,.0f", nanos(samples.get(name))));
      if (!name.equals(own)) {
        row.append(String.format(Locale.ROOT, " (%.1f times)", ratio.getAsDouble()));
      }
      row.append(" |");
      if (ratio.getAsDouble() < goal(name)) {
        missed.add(name);
      }
    }
    return row + (missed.isEmpty() ? " met |" : " MISSED: " + String.join(", ", missed) + " |");
  }

  private static double goal(String name) {
    return GOALS.entrySet().stream()
        .filter(goal -> name.startsWith(goal.getKey()))
        .mapToDouble(Map.Entry::getValue)
        .findAny()
        .orElse(0);
  }

  private static double nanos(List<PeerProcess.Sample> samples) {
    return EchoBench.median(
        samples.stream().mapToDouble(PeerProcess.Sample::nanos).toArray());
  }

  /** The CPU time of a peer divided by that of the peer {@code own}: the median of the rounds' ratios. */
  private OptionalDouble ratio(List<PeerProcess.Sample> peer, List<PeerProcess.Sample> own) {
    if (peer == null || own == null) {
      return OptionalDouble.empty();
    }
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      ratios[round] = peer.get(round).nanos() / own.get(round).nanos();
    }
    return OptionalDouble.of(EchoBench.median(ratios));
  }

  private String json() {
    String titles = peers.entrySet().stream()
        .map(peer -> "\"" + peer.getKey() + "\": \"" + peer.getValue().title() + "\"")
        .collect(Collectors.joining(", "));
    String samples = results.entrySet().stream()
        .map(result -> "    \"" + result.getKey() + "\": {" + json(result.getValue()) + "}")
        .collect(Collectors.joining(",\n"));
    return "{\n  \"peers\": {" + titles + "},\n  \"operations\": {\n" + samples + "\n  }\n}\n";
  }

  private static String json(Map<String, List<PeerProcess.Sample>> samples) {
    return samples.entrySet().stream()
        .map(peer -> peer.getValue().stream()
            .map(sample -> String.format(
                Locale.ROOT, "{\"nanos\": %.1f, \"busy\": %.2f}", sample.nanos(), sample.busy()))
            .collect(Collectors.joining(", ", "\"" + peer.getKey() + "\": [", "]")))
        .collect(Collectors.joining(", "));
  }

  private static void log(String format, Object... args) {
    System.err.printf(Locale.ROOT, format + "%n", args);
  }
}
