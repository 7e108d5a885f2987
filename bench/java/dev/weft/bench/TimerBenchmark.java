package dev.weft.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Timers that are set while others are pending. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(TimerBenchmark.N)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TimerBenchmark {

  static final int N = 10_000;

  private final WeftOperations weft = new WeftOperations();
  private final BareOperations bare = new BareOperations();

  /** The number of pending timers. */
  @Param({"1000", "1000000"})
  public int pending;

  /** Set and cancel. */
  @Benchmark
  public void scheduleCancel() {
    weft.timerCancel(N, pending);
  }

  /** Add to and poll from a heap of the same size. */
  @Benchmark
  public void addPollBare() {
    bare.timerAddPoll(N, pending);
  }

  /** Closes the loop. */
  @TearDown
  public void close() {
    weft.close();
  }
}
