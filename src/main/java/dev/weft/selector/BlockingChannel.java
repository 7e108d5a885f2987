package dev.weft.selector;

import dev.weft.loop.Handle;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/*
 * A thread that must wait says so in its direction's `waiting`, looks at `ready` once more, and parks; the
 * selector, on the carrier, sets `ready`, looks at `waiting`, and unparks. Both are volatile, so that this works
 * for threads of the loop and for all others, and no readiness is lost.
 *
 * Interest in input stays registered while somebody waits for input again and again, which is what servers do: a
 * message costs no system call but the read. Input that comes when nobody waits ends the interest, as a poll would
 * report it for ever; `ready` remembers it. Interest in output lasts until it is reported.
 */

/**
 * A non-blocking channel under blocking calls: threads that wait for it are parked until the loop's selector
 * reports it. One thread waits in each direction at a time; who may is the caller's business.
 */
final class BlockingChannel implements Selectable {

  private static final int INPUT = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
  private static final int OUTPUT = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

  /** How long a thread that is not the loop's waits, in nanoseconds, before it looks whether the loop still is. */
  private static final long PATIENCE = 1_000_000_000;

  /** One direction. Any thread. */
  static final class Direction {

    /** Whether an attempt is worth while: nothing was heard of the channel's not being ready since. */
    volatile boolean ready;

    private volatile @Nullable Thread waiting;
    private volatile boolean timedOut;
  }

  final Direction input = new Direction();
  final Direction output = new Direction();
  private final SelectorEventLoop loop;
  private final SelectableChannel channel;

  // loop thread only
  private @Nullable SelectionKey key;

  /**
   * @param channel in non-blocking mode, registered nowhere
   */
  BlockingChannel(SelectorEventLoop loop, SelectableChannel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  // ---- the loop's side

  @Override
  public void ready(int operations) {
    if ((operations & INPUT) != 0) {
      signal(input, input.waiting == null ? INPUT : 0);
    }
    if ((operations & OUTPUT) != 0) {
      signal(output, OUTPUT);
    }
  }

  @SuppressWarnings("NullAway") // what is ready is watched, by the key
  private void signal(Direction direction, int interestToEnd) {
    direction.ready = true;
    LockSupport.unpark(direction.waiting);
    if (interestToEnd != 0) {
      key.interestOpsAnd(~interestToEnd);
    }
  }

  private void watch(int operation) {
    try {
      if (key == null) {
        key = loop.register(channel, operation, this);
      } else if ((key.interestOps() & operation) == 0) {
        key.interestOpsOr(operation);
      }
    } catch (IOException | RuntimeException closed) {
      wakeAll(); // they will see that it is
    }
  }

  /** The channel is closed, by whomever: nobody must wait for it any more. */
  @Override
  public void closed() {
    wakeAll();
  }

  private void wakeAll() {
    LockSupport.unpark(input.waiting);
    LockSupport.unpark(output.waiting);
  }

  // ---- the callers' side

  /**
   * Parks the calling thread until its direction is ready or the channel is closed.
   *
   * @param nanos how long at most; 0 for as long as it takes
   * @return false if the time is over
   * @throws InterruptedIOException if the thread is virtual and interrupted; others do not notice, as with the
   *     JDK's sockets
   * @throws SocketException if the loop is closed
   * @throws IllegalStateException if the thread is the loop's and pinned, once the watchdog has seen that
   */
  boolean await(Direction direction, int operation, long nanos) throws IOException {
    boolean onLoop = loop.isCurrent();
    direction.timedOut = false;
    direction.waiting = Thread.currentThread();
    Handle timer = null;
    try {
      if (onLoop) {
        watch(operation);
        timer = nanos == 0 ? null : timer(direction, nanos);
        park(direction);
      } else {
        onLoop(() -> watch(operation));
        parkElsewhere(direction, nanos);
      }
    } finally {
      direction.waiting = null;
      if (timer != null) {
        timer.cancel();
      }
    }
    return direction.ready || !direction.timedOut;
  }

  private Handle timer(Direction direction, long nanos) {
    Thread caller = Thread.currentThread();
    return loop.callDeadline(Duration.ofNanos(nanos), () -> {
      direction.timedOut = true;
      LockSupport.unpark(caller);
    });
  }

  private void park(Direction direction) throws InterruptedIOException {
    for (boolean inVain = false; mustWait(direction); inVain = true) {
      if (inVain) {
        loop.checkPinned();
      }
      checkInterrupt();
      LockSupport.park(this);
    }
  }

  private void parkElsewhere(Direction direction, long nanos) throws IOException {
    boolean interrupted = false;
    long deadline = System.nanoTime() + nanos;
    while (mustWait(direction)) {
      checkInterrupt();
      if (loop.isClosed()) {
        throw new SocketException("Socket closed: its event loop is");
      }
      long left = nanos == 0 ? PATIENCE : deadline - System.nanoTime();
      direction.timedOut = left <= 0;
      LockSupport.parkNanos(this, Math.min(left, PATIENCE));
      interrupted |= !Thread.currentThread().isVirtual() && Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean mustWait(Direction direction) {
    return !direction.ready && !direction.timedOut && channel.isOpen();
  }

  private static void checkInterrupt() throws InterruptedIOException {
    if (Thread.currentThread().isVirtual() && Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException();
    }
  }

  private void onLoop(Runnable action) throws SocketException {
    try {
      loop.callSoonThreadsafe(action);
    } catch (IllegalStateException closed) {
      throw new SocketException("Socket closed: " + closed.getMessage());
    }
  }

  /** Has who waits in this direction try again. Any thread. */
  void wake(Direction direction) {
    direction.ready = true;
    LockSupport.unpark(direction.waiting);
  }

  /** Closes the channel and wakes who waits for it. Any thread. */
  void close() throws IOException {
    channel.close();
    wakeAll();
    if (!loop.isCurrent() && !loop.isClosed()) {
      try {
        loop.callSoonThreadsafe(
            () -> {}); // the descriptor goes back to the system with the next poll
      } catch (IllegalStateException closed) {
        // with its selector, so the descriptor is back
      }
    }
  }
}
