package dev.weft.it.endure;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.weft.it.endure.Ledger.Count;
import dev.weft.loop.EventLoop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Runs servers, clients, tasks and processes on one loop, and checks throughout that nothing is lost. The peers reset,
 * stall, trickle, send garbage, never read or vanish. The code on the loop fails, is cancelled and times out.
 *
 * <pre>
 *   mvn -q test-compile exec:exec@run -Drun="dev.weft.it.endure.Endure --seed 1 --ops 10000000"
 * </pre>
 *
 * <p>Operations are acknowledged messages, datagrams, new connections, faults of a script, cancellations, callbacks of
 * another thread, and chores. A chore is a task, a timer, a job, an item of a queue or a failure.
 *
 * <p>Options:
 *
 * <ul>
 *   <li>{@code --seed S} determines the operations (1), but not their times, because sockets and threads are real;
 *   <li>{@code --ops N} is the minimal number of operations (1,000,000);
 *   <li>{@code --round N} is the number of operations after which everything comes to rest and is checked (200,000);
 *   <li>{@code --crowd N} is the number of connections that are open at once (1,500);
 *   <li>{@code --stall MS} is the longest time that a turn of the loop may take, 0 for any time (5,000).
 * </ul>
 */
public final class Endure {

  private static final long PATIENCE = TimeUnit.SECONDS.toMillis(90); // without any operation
  private static final long GROWTH = 8 << 20; // bytes of heap and buffers, after the first rounds
  private static final int SCARCE = 4; // rounds from one scarcity to the next

  private final long seed;
  private final long operations;
  private final long perRound;
  private final int crowd;
  private final long stall;
  private Ledger ledger;
  private Resources first;
  private Resources last;

  private Endure(long seed, long operations, long perRound, int crowd, long stall) {
    this.seed = seed;
    this.operations = operations;
    this.perRound = perRound;
    this.crowd = crowd;
    this.stall = stall;
  }

  /**
   * Runs two short rounds, and a longer one that leaves what it has found.
   *
   * @throws AssertionError if anything was lost; its message says what, and by which command to see it again
   */
  public static void run(long seed, long operations, int crowd)
      throws IOException, InterruptedException {
    new Endure(seed, operations, operations / 3, crowd, 0).run();
  }

  private void run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("endure");
    Tls.prepare();
    Optional<Scarcity> scarcity = Scarcity.create();
    var carrier = new Thread(() -> onCarrier(folder, scarcity), "endure-carrier");
    ledger = new Ledger(carrier);
    carrier.start();
    long before = -1;
    for (carrier.join(PATIENCE); carrier.isAlive(); carrier.join(PATIENCE)) {
      if (ledger.operations() == before) {
        ledger.violate("nothing goes on; threads: " + dump(), null);
        break;
      }
      before = ledger.operations();
    }
    Files.deleteIfExists(folder);
    if (scarcity.isPresent()) {
      scarcity.get().close();
    }
    try {
      ledger.check();
    } catch (AssertionError violation) {
      throw new AssertionError(
          "seed " + seed + ", " + violation.getMessage() + "\n" + command() + "\n" + ledger,
          violation);
    }
  }

  private String command() {
    return "mvn -q test-compile exec:exec@run -Drun=\"dev.weft.it.endure.Endure --seed " + seed
        + " --ops " + operations + " --round " + perRound + " --crowd " + crowd + "\"";
  }

  private void onCarrier(Path folder, Optional<Scarcity> scarcity) {
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.setExceptionHandler((source, report) -> ledger.report(report));
      if (stall > 0) {
        loop.setBlockedThreshold(Duration.ofMillis(stall));
      }
      loop.setBlockedListener(blocked -> {
        ledger.count(Count.STALLS);
        ledger.hold(stall == 0, "the loop stalls: " + blocked);
      });
      loop.runUntilComplete(() -> rounds(folder, scarcity));
    } catch (Throwable error) {
      ledger.violate("the run fails", error);
    }
  }

  private void rounds(Path folder, Optional<Scarcity> scarcity) throws Exception {
    var seeds = new SplittableRandom(seed);
    for (int number = 0; ledger.operations() < operations && !ledger.isViolated(); number++) {
      var round = new Round(ledger, seeds.split(), perRound);
      // the JDK opens a descriptor or two for itself in the first one
      round.run(
          folder,
          crowd,
          number % SCARCE == 1 ? scarcity : Optional.empty(),
          Optional.ofNullable(first));
      last = round.look();
      if (number <= 1) {
        first = last;
      }
      System.out.printf("round %d: %,d operations, %s%n", number, ledger.operations(), last);
      ledger.hold(
          last.heap() <= first.heap() + GROWTH && last.direct() <= first.direct() + GROWTH,
          "memory: " + first + " has become " + last);
    }
  }

  private static String dump() throws IOException {
    Path file = Files.createTempDirectory("endure-threads").resolve("dump.txt");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
    return file.toString();
  }

  /** Runs with the options that the class describes. */
  public static void main(String[] args) throws Exception {
    long seed = 1;
    long operations = 1_000_000;
    long round = 200_000;
    int crowd = 1_500;
    long stall = 5_000;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seed" -> seed = Long.parseLong(args[++i]);
        case "--ops" -> operations = Long.parseLong(args[++i]);
        case "--round" -> round = Long.parseLong(args[++i]);
        case "--crowd" -> crowd = Integer.parseInt(args[++i]);
        case "--stall" -> stall = Long.parseLong(args[++i]);
        default -> throw new IllegalArgumentException("unknown option: " + args[i]);
      }
    }
    var endure = new Endure(seed, operations, round, crowd, stall);
    long began = System.nanoTime();
    endure.run();
    System.out.printf(
        "seed %d: %,d operations in %d s, all as it should be%n%s  %s before%n  %s after%n",
        seed,
        endure.ledger.operations(),
        (System.nanoTime() - began) / 1_000_000_000L,
        endure.ledger,
        endure.first,
        endure.last);
  }
}
