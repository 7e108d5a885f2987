package dev.weft.selector;

import dev.weft.carrier.Daemons;
import dev.weft.log.Log;
import dev.weft.loop.Context;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * The platform threads that move the bytes of pipes that no selector can watch. A pipe occupies a thread only while the
 * thread reads or writes one chunk. The loop starts each move.
 */
final class Pumps {

  private static final Logger LOG = Log.of(Pumps.class);

  /** The largest number of bytes that are moved at once: the capacity of a Linux pipe. */
  static final int CHUNK = 64 * 1024;

  private static final ExecutorService POOL = new ThreadPoolExecutor(
      0,
      Integer.MAX_VALUE, // a job may block without limit
      1,
      TimeUnit.SECONDS,
      new SynchronousQueue<>(),
      Daemons.builder().name("weft-pipe-", 0).factory());

  private Pumps() {}

  static void execute(Runnable job) {
    POOL.execute(job);
  }

  /** Queues {@code callback} on the loop. Returns false if the loop is closed. */
  static boolean tell(SelectorEventLoop loop, Runnable callback, Context context) {
    try {
      loop.callSoonThreadsafe(callback, context);
      return true;
    } catch (IllegalStateException closed) {
      return false;
    }
  }

  /** Throws the error of a thread, or returns it if it is an {@code IOException}, the only checked type. */
  static IOException rethrow(Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return (IOException) failure;
  }

  static void close(Closeable pipe) {
    try {
      pipe.close();
    } catch (IOException e) {
      LOG.debug("closing {} failed", pipe, e);
    }
  }

  /**
   * Closes a pipe in which a thread may be blocked.
   *
   * @param busy whether a thread may be blocked; that thread then closes a stream itself when the call returns
   */
  static void close(Closeable pipe, boolean busy) {
    if (pipe instanceof Channel) {
      close(pipe); // ends the calls that are blocked in it
    } else if (!busy) {
      execute(() -> close(pipe));
    }
  }
}
