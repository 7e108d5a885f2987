package dev.weft.bench;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import java.io.IOException;
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

/** The cost of awaiting a failure: of the exception, and of the record of the code that awaits it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(FailureBenchmark.N)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FailureBenchmark {

  static final int N = 1_000;

  private final EventLoop loop = EventLoop.newEventLoop();

  /** Spawn and await a task that throws a new exception. */
  @Benchmark
  public void failingTask() {
    loop.runUntilComplete(() -> {
      for (int i = 0; i < N; i++) {
        Task<Void> task = loop.createTask(() -> {
          throw new IOException();
        });
        expectFailure(task);
      }
    });
  }

  /** Await a future with a new exception. */
  @Benchmark
  public void failedFuture() {
    loop.runUntilComplete(() -> {
      for (int i = 0; i < N; i++) {
        Future<Void> future = loop.createFuture();
        future.setException(new IOException());
        expectFailure(future);
      }
    });
  }

  /** Await a future with an exception that was awaited many times before. */
  @Benchmark
  public void sharedFailure() {
    var shared = new IOException();
    loop.runUntilComplete(() -> {
      for (int i = 0; i < N; i++) {
        Future<Void> future = loop.createFuture();
        future.setException(shared);
        expectFailure(future);
      }
    });
  }

  private static void expectFailure(Future<Void> future) {
    try {
      future.await();
      throw new AssertionError();
    } catch (Exception expected) {
      // the benchmark measures the throw
    }
  }

  /** Closes the loop. */
  @TearDown
  public void close() {
    loop.close();
  }
}
