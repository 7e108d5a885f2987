package dev.weft.it.judge;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** An executor that runs a job on request, on its own thread, while the caller waits without parking. */
final class ManualExecutor extends AbstractExecutorService {

  private final Queue<Runnable> jobs = new ArrayDeque<>();

  /** Runs the first job. Returns whether there was one. */
  boolean work() {
    Runnable job = jobs.poll();
    if (job == null) {
      return false;
    }
    Thread thread = Thread.ofPlatform().daemon().name("job").start(job);
    while (thread.isAlive()) {
      Thread.onSpinWait(); // a task that parks would let the loop go on
    }
    return true;
  }

  @Override
  public void execute(Runnable job) {
    jobs.add(job);
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return false;
  }
}
