package dev.weft.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Dispatch of callbacks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(CallbackBenchmark.N)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CallbackBenchmark {

  static final int N = 10_000;

  private final WeftOperations weft = new WeftOperations();
  private final BareOperations bare = new BareOperations();

  /** Callbacks, 1,000 a turn. */
  @Benchmark
  public void batch() {
    weft.callbacks(N);
  }

  /** Objects through a deque, 1,000 at a time. */
  @Benchmark
  public void batchBare() {
    bare.callbacks(N);
  }

  /** Callbacks that each register the next, one a turn. */
  @Benchmark
  public void chain() {
    weft.callbackChain(N);
  }

  /** Closes the loop. */
  @TearDown
  public void close() {
    weft.close();
  }
}
