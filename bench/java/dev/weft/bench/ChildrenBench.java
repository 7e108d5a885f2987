package dev.weft.bench;

import static dev.weft.Asyncio.createSubprocessExec;

import dev.weft.Asyncio;
import dev.weft.loop.ThrowingCallable;
import dev.weft.selector.ChildKind;
import dev.weft.sync.Semaphore;
import dev.weft.task.Gather;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures how long it takes to start 1,000 {@code true} children and to wait until they end: one child after the
 * other, 8 at once, and all at once. Compares Weft's two ways to start children, CPython's asyncio, and the JDK alone,
 * in turns. Usage: {@code ChildrenBench [ROUNDS]}.
 *
 * <p>The column "Weft" starts children without the JDK, and has no figures where this is not possible. "JDK alone" uses
 * platform threads that each start a child and wait for it: one thread for each concurrent child, but 8 at most. It has
 * the launch mechanism of the JVM that runs the benchmark.
 */
public final class ChildrenBench {

  private static final int COUNT = 1000;
  private static final int THREADS = 8;
  private static final int[] AT_ONCE = {1, 8, COUNT};

  private ChildrenBench() {}

  /**
   * Measures and prints the medians of the times and of the rounds' ratios.
   *
   * @param args the number of rounds, 5 by default
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    boolean direct = ChildKind.DIRECT.isPossible();
    String title = asyncio(1, 1)[0];
    System.out.printf(
        "%n| %,d children, ms | Weft | %s | times | Weft by the JDK | times | JDK alone |%n"
            + "|---|---|---|---|---|---|---|%n",
        COUNT, title);
    for (int atOnce : AT_ONCE) {
      double[] weft = new double[rounds];
      double[] asyncio = new double[rounds];
      double[] ratios = new double[rounds];
      double[] byJdk = new double[rounds];
      double[] ratiosByJdk = new double[rounds];
      double[] bare = new double[rounds];
      for (int i = -1; i < rounds; i++) { // round -1 is the warm-up
        double weftMillis = direct ? weft(ChildKind.DIRECT, atOnce) : Double.NaN;
        double asyncioMillis = Double.parseDouble(asyncio(COUNT, atOnce)[1]);
        double byJdkMillis = weft(ChildKind.SELECTOR, atOnce);
        double bareMillis = bare(atOnce);
        if (i >= 0) {
          weft[i] = weftMillis;
          asyncio[i] = asyncioMillis;
          ratios[i] = asyncioMillis / weftMillis;
          byJdk[i] = byJdkMillis;
          ratiosByJdk[i] = asyncioMillis / byJdkMillis;
          bare[i] = bareMillis;
        }
      }
      System.out.printf(
          Locale.ROOT,
          "| %,d at once | %,.0f | %,.0f | %.2f | %,.0f | %.2f | %,.0f |%n",
          atOnce,
          EchoBench.median(weft),
          EchoBench.median(asyncio),
          EchoBench.median(ratios),
          EchoBench.median(byJdk),
          EchoBench.median(ratiosByJdk),
          EchoBench.median(bare));
    }
  }

  private static double weft(ChildKind kind, int atOnce) {
    long start = System.nanoTime();
    Asyncio.run(() -> {
      kind.set(Asyncio.getRunningLoop());
      var places = new Semaphore(atOnce);
      var children = new ArrayList<ThrowingCallable<Integer, ?>>();
      for (int i = 0; i < COUNT; i++) {
        children.add(() -> places.with(() -> createSubprocessExec("true").waitFor()));
      }
      Gather.ofCoroutines(children).await();
    });
    return (System.nanoTime() - start) / 1e6;
  }

  private static double bare(int atOnce) throws Exception {
    long start = System.nanoTime();
    var ends = new ArrayList<Future<Integer>>();
    try (var threads = Executors.newFixedThreadPool(Math.min(atOnce, THREADS))) {
      for (int i = 0; i < COUNT; i++) {
        ends.add(
            threads.submit(() -> new ProcessBuilder("true").inheritIO().start().waitFor()));
      }
    }
    for (Future<Integer> end : ends) {
      end.get(); // fails if a child did not start
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private static String[] asyncio(int count, int atOnce) throws Exception {
    var command = new ArrayList<>(Peers.command("asyncio").subList(0, 1));
    command.addAll(List.of(Peers.source("children.py"), "" + count, "" + atOnce));
    return Programs.output(command).split("\n");
  }
}
