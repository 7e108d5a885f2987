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

/** Tasks, compared with bare virtual threads on a carrier of the same kind. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(TaskBenchmark.N)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TaskBenchmark {

  static final int N = 10_000;

  private final WeftOperations weft = new WeftOperations();
  private final BareOperations bare = new BareOperations();

  /** Spawn and await an empty task. */
  @Benchmark
  public void spawnJoin() {
    weft.spawnJoin(N);
  }

  /** Start and join an empty thread. */
  @Benchmark
  public void spawnJoinBare() {
    bare.spawnJoin(N);
  }

  /** Spawn empty tasks, 1,000 a turn. */
  @Benchmark
  public void spawnFinish() {
    weft.spawnFinish(N);
  }

  /** Start empty threads, 1,000 at a time. */
  @Benchmark
  public void spawnFinishBare() {
    bare.spawnFinish(N);
  }

  /** Two tasks that sleep for zero in turn. */
  @Benchmark
  public void yields() {
    weft.yields(N);
  }

  /** Two threads that yield in turn. */
  @Benchmark
  public void yieldsBare() {
    bare.yields(N);
  }

  /** A switch between two tasks by futures. */
  @Benchmark
  public void pingPong() {
    weft.pingPong(N);
  }

  /** A switch between two threads by park and unpark. */
  @Benchmark
  public void pingPongBare() {
    bare.pingPong(N);
  }

  /** Closes the loop. */
  @TearDown
  public void close() {
    weft.close();
  }
}
