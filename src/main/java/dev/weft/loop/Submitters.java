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
 * Gives a loop's submissions to the executors of its program, on threads that have nothing an executor's new threads
 * could inherit. Each executor has a line of its own: its submissions keep their order, and wait for no other executor's.
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

  /** The threads, of all loops, made when the first is needed. */
  private static final class Apart {
    static final ThreadPoolExecutor THREADS = new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Submitter::new);
  }

  /** The submissions to one executor. */
  private static final class Line implements Runnable {

    private final WeakReference<Executor> executor; // one that nobody uses can be collected
    private final Queue<Submission<?>> submissions = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    Line(Executor executor) {
      this.executor = new WeakReference<>(executor);
    }

    boolean isIdle() {
      return pending.get() == 0;
    }

    /** Returns whether there is nothing ahead. */
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
        next.given(failure); // only now: whoever waits for it may add another at once
      } while (more);
    }
  }

  // loop thread only
  private final List<Line> busy = new ArrayList<>();

  /** Has a submission given to an executor. Returns whether that is done at once: no other is ahead. */
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
