package dev.weft.bench;

import static dev.weft.Asyncio.createSubprocessExec;

import dev.weft.Asyncio;
import dev.weft.sync.Semaphore;
import dev.weft.task.Gather;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * What it takes to start 1,000 {@code true} children and to wait for their ends, on Weft and on CPython's asyncio by
 * turns: one child after the other, 8 at once, and all at once. {@code ChildrenBench [ROUNDS]}.
 */
public final class ChildrenBench {

  private static final int COUNT = 1000;
  private static final int[] AT_ONCE = {1, 8, COUNT};

  private ChildrenBench() {}

  /**
   * Measures and prints the medians of the times, and of the rounds' ratios.
   *
   * @param args how many rounds, 5 if not given
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    String title = asyncio(1, 1)[0];
    System.out.printf(
        "%n| %,d children, ms | Weft | %s | times |%n|---|---|---|---|%n", COUNT, title);
    for (int atOnce : AT_ONCE) {
      double[] weft = new double[rounds];
      double[] asyncio = new double[rounds];
      double[] ratios = new double[rounds];
      for (int i = -1; i < rounds; i++) { // the first warms up
        double weftMillis = weft(atOnce);
        double asyncioMillis = Double.parseDouble(asyncio(COUNT, atOnce)[1]);
        if (i >= 0) {
          weft[i] = weftMillis;
          asyncio[i] = asyncioMillis;
          ratios[i] = asyncioMillis / weftMillis;
        }
      }
      System.out.printf(
          Locale.ROOT,
          "| %,d at once | %,.0f | %,.0f | %.1f |%n",
          atOnce,
          EchoBench.median(weft),
          EchoBench.median(asyncio),
          EchoBench.median(ratios));
    }
  }

  private static double weft(int atOnce) {
    long start = System.nanoTime();
    Asyncio.run(() -> {
      var places = new Semaphore(atOnce);
      var children = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < COUNT; i++) {
        children.add(() -> places.with(() -> createSubprocessExec("true").waitFor()));
      }
      Gather.ofCoroutines(children).await();
    });
    return (System.nanoTime() - start) / 1e6;
  }

  private static String[] asyncio(int count, int atOnce) throws Exception {
    var command = new ArrayList<>(Peers.command("asyncio").subList(0, 1));
    command.addAll(List.of(Peers.source("children.py"), "" + count, "" + atOnce));
    return Programs.output(command).split("\n");
  }
}
