package dev.weft.it.stress;

import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EchoEncoder;
import java.io.OutputStream;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;

/**
 * The objects that all code locks: two locks, a semaphore, a monitor, an appender of Logback and a handler of
 * java.util.logging. All code takes them in this order, so only a lost wake-up or a stopped loop can cause a deadlock.
 * Any thread.
 */
final class Things {

  private static final LogRecord RECORD = new LogRecord(java.util.logging.Level.INFO, "a line");

  /** Before this release, a thread that waits inside a monitor stops its carrier. */
  private static final boolean MONITORS_UNMOUNT = Runtime.version().feature() >= 24;

  private final ReentrantLock barging = new ReentrantLock();
  private final ReentrantLock fair = new ReentrantLock(true);
  private final Semaphore semaphore = new Semaphore(1);
  private final Object monitor = new Object();
  private final OutputStreamAppender<String> appender = new OutputStreamAppender<>();
  private final StreamHandler handler;
  private final AtomicLong contended = new AtomicLong();

  // each guarded by its lock: a lost increment shows that two threads were inside
  private long underBarging;
  private long underFair;
  private long underSemaphore;
  private long underMonitor;
  private long lines; // under the appender's own lock

  Things() {
    var context = new ContextBase();
    var encoder = new EchoEncoder<String>();
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(new OutputStream() {
      @Override
      public void write(int one) {}

      @Override
      public void write(byte[] line) {
        if (++lines % 8 == 0) {
          Thread.yield(); // stands for a slow disk: the logging thread parks while it has the lock
        }
      }
    });
    appender.start();
    handler = new StreamHandler(OutputStream.nullOutputStream(), new SimpleFormatter());
  }

  /** Takes some of the locks, one inside the other, and sometimes pauses in the innermost. */
  void use(SplittableRandom random, Runnable pause) {
    switch (random.nextInt(6)) {
      case 0 -> {
        lock(barging);
        try {
          underBarging++;
          useFair(random, pause);
        } finally {
          barging.unlock();
        }
      }
      case 1, 2 -> useFair(random, pause);
      case 3 -> useMonitor(random, pause);
      default -> log(random);
    }
  }

  private void useFair(SplittableRandom random, Runnable pause) {
    lock(fair);
    try {
      underFair++;
      if (random.nextInt(4) == 0) {
        pause.run();
      }
      useSemaphore(random, pause);
    } finally {
      fair.unlock();
    }
  }

  private void useSemaphore(SplittableRandom random, Runnable pause) {
    if (!semaphore.tryAcquire()) {
      contended.incrementAndGet();
      semaphore.acquireUninterruptibly();
    }
    try {
      underSemaphore++;
      if (random.nextInt(4) == 0) {
        pause.run();
      }
      if (random.nextBoolean()) {
        log(random);
      }
    } finally {
      semaphore.release();
    }
  }

  private void useMonitor(SplittableRandom random, Runnable pause) {
    synchronized (monitor) {
      underMonitor++;
      if (MONITORS_UNMOUNT && random.nextInt(4) == 0) {
        pause.run();
      }
    }
  }

  private void log(SplittableRandom random) {
    if (random.nextInt(4) > 0) {
      appender.doAppend("a line\n");
    } else {
      handler.publish(RECORD);
    }
  }

  private void lock(ReentrantLock lock) {
    if (!lock.tryLock()) {
      contended.incrementAndGet();
      lock.lock();
    }
  }

  /** How often another thread had the lock or the semaphore. */
  long contended() {
    return contended.get();
  }

  /** How often each lock was taken; valid once all threads have ended. */
  long taken() {
    return underBarging + underFair + underSemaphore + underMonitor + lines;
  }
}
