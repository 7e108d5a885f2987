package dev.weft.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.function.IntConsumer;

/** Weft as one of the peers, in a process that {@link PeerBench} starts. */
public final class WeftPeer {

  private WeftPeer() {}

  /** An operation, and its repetitions in a batch, which takes some milliseconds once the code is compiled. */
  private record Operation(IntConsumer run, int n) {}

  /**
   * Runs the requested operations until the standard input ends.
   *
   * @param args none
   */
  public static void main(String[] args) throws IOException {
    try (var weft = new WeftOperations();
        var requests = new BufferedReader(new InputStreamReader(System.in))) {
      Map<String, Operation> operations = operations(weft);
      System.out.println("Weft on JDK " + Runtime.version());
      for (String request; (request = requests.readLine()) != null; ) {
        String[] fields = request.split(" ");
        Operation operation = operations.get(fields[0]);
        System.out.println(operation == null ? "-" : answer(operation, Long.parseLong(fields[1])));
      }
    }
  }

  private static Map<String, Operation> operations(WeftOperations weft) {
    return Map.ofEntries(
        Map.entry("spawn", new Operation(weft::spawnJoin, 10_000)),
        Map.entry("yield", new Operation(weft::yields, 10_000)),
        Map.entry("future", new Operation(weft::pingPong, 10_000)),
        Map.entry("event", new Operation(weft::eventPingPong, 10_000)),
        Map.entry("lock", new Operation(weft::lock, 100_000)),
        Map.entry("queue1", new Operation(n -> weft.queue(n, 1), 10_000)),
        Map.entry("queue100", new Operation(n -> weft.queue(n, 100), 10_000)),
        Map.entry("gather", new Operation(weft::gather, 100)),
        Map.entry("group", new Operation(weft::taskGroup, 100)),
        Map.entry("timeout", new Operation(weft::timeout, 10_000)),
        Map.entry("wait_for", new Operation(weft::waitFor, 10_000)),
        Map.entry("timer", new Operation(n -> weft.timerCancel(n, 0), 10_000)),
        Map.entry("sleep", new Operation(weft::sleep, 10_000)),
        Map.entry("cancel", new Operation(weft::sleepCancel, 10_000)));
  }

  private static String answer(Operation operation, long millis) {
    long count = 0;
    long start = System.nanoTime();
    long length;
    while ((length = System.nanoTime() - start) < millis * 1_000_000) {
      operation.run.accept(operation.n);
      count += operation.n;
    }
    return count + " " + length;
  }
}
