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
 * The platform threads that move the bytes of pipes that no selector can watch. Such a pipe takes a thread only
 * while it reads or writes, one chunk at a time; the loop says when.
 */
final class Pumps {

  private static final Logger LOG = Log.of(Pumps.class);

  /** What is moved at once: what a pipe of the system holds. */
  static final int CHUNK = 64 * 1024;

  private static final ExecutorService POOL = new ThreadPoolExecutor(
      0,
      Integer.MAX_VALUE, // each may block for as long as it likes
      1,
      TimeUnit.SECONDS,
      new SynchronousQueue<>(),
      Daemons.builder().name("weft-pipe-", 0).factory());

  private Pumps() {}

  static void execute(Runnable job) {
    POOL.execute(job);
  }

  /** Runs {@code callback} on the loop. Returns whether the loop still can. */
  static boolean tell(SelectorEventLoop loop, Runnable callback, Context context) {
    try {
      loop.callSoonThreadsafe(callback, context);
      return true;
    } catch (IllegalStateException closed) {
      return false;
    }
  }

  /** Throws what has gone wrong in a thread: checked, it is an {@code IOException}. */
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
   * @param busy whether one is, or may be; it closes the pipe itself when it is done
   */
  static void close(Closeable pipe, boolean busy) {
    if (pipe instanceof Channel) {
      close(pipe); // ends what blocks in it
    } else if (!busy) {
      execute(() -> close(pipe));
    }
  }
}
