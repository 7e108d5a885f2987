package dev.weft.carrier;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs the continuations of virtual threads that outlive their loop. Such a thread is parked in a call of the JDK when
 * its loop closes, or foreign code has started it on the loop. One daemon thread serves all closed loops and ends when
 * it is idle.
 */
public final class LateCarrier {

  private static final ThreadPoolExecutor THREAD = new ThreadPoolExecutor(
      1,
      1,
      1,
      TimeUnit.SECONDS,
      new LinkedTransferQueue<>(),
      Daemons.builder().name("weft-late-carrier").factory());

  static {
    THREAD.allowCoreThreadTimeOut(true);
  }

  private LateCarrier() {}

  /**
   * Queues a continuation. Never blocks. Any thread.
   *
   * @param continuation the continuation of a virtual thread whose loop is closed
   */
  public static void run(Runnable continuation) {
    THREAD.execute(continuation);
  }
}
