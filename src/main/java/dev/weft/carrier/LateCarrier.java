package dev.weft.carrier;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs the continuations of virtual threads that outlive their loop, so that none is stranded: a thread
 * left parked in a JDK call, or one that foreign code started on the loop. One daemon thread serves all
 * closed loops and ends when idle.
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

  /** Runs a continuation whose loop is closed. */
  public static void run(Runnable continuation) {
    THREAD.execute(continuation);
  }
}
