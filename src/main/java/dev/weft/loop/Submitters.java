package dev.weft.loop;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives a loop's submissions to the program's executors. It does so on threads from which an executor's new threads
 * inherit nothing. Each executor has a queue of its own, so its submissions keep their order and do not wait for other
 * executors.
 */
final class Submitters {

  /** A thread that calls executors. */
  static final class Submitter extends Thread {

    private static final AtomicLong COUNTER = new AtomicLong();

    Submitter(Runnable body) {
      super(null, body, "weft-submitter-" + COUNTER.getAndIncrement(), 0, false);
      setDaemon(true);
    }
  }

  /** The threads, for all loops, created at first use. */
  private static final class Apart {
    static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Submitter::new);
  }

  /** The submissions to one executor. */
  private static final class Line implements Runnable {

    private final WeakReference<Executor>
        executor; // an executor that is no longer used can be collected
    private final Queue<Submission<?>> submissions = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    Line(Executor executor) {
      this.executor = new WeakReference<>(executor);
    }

    boolean isIdle() {
      return pending.get() == 0;
    }

    /** Returns whether no other submission is ahead. */
    boolean add(Submission<?> submission) {
      submissions.add(submission);
      if (pending.getAndIncrement() > 0) {
        return false;
      }
      try {
        Apart.THREADS.execute(this);
      } catch (Throwable error) { // too many threads
        submissions.clear();
        pending.set(0);
        throw error;
      }
      return true;
    }

    @Override
    public void run() {
      boolean more;
      do {
        Submission<?> next = submissions.remove();
        Throwable failure = next.give();
        more = pending.decrementAndGet() > 0;
        next.given(failure); // last, because the waiting thread may add a submission at once
      } while (more);
    }
  }

  // loop thread only
  private final List<Line> busy = new ArrayList<>();

  /** Gives a submission to an executor. Returns false if another submission is ahead of it. */
  boolean add(Executor executor, Submission<?> submission) {
    return lineOf(executor).add(submission);
  }

  private Line lineOf(Executor executor) {
    busy.removeIf(line -> line.isIdle() && !line.executor.refersTo(executor));
    for (Line line : busy) {
      if (line.executor.refersTo(executor)) {
        return line;
      }
    }
    var line = new Line(executor);
    busy.add(line);
    return line;
  }
}
