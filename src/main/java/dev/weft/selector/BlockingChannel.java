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
 * A thread that must wait sets `waiting` of its direction, reads `ready` again, and parks. The selector, on the
 * carrier, sets `ready`, reads `waiting`, and unparks. Both fields are volatile, so no readiness is lost for threads of
 * the loop and for other threads.
 *
 * Interest in input stays registered as long as a thread is waiting each time input arrives. Servers do this, and then
 * a message costs no system call but the read. When input arrives and no thread waits, the interest ends, because each
 * poll would report the input again. `ready` stores that the input is there. Interest in output ends when it is
 * reported.
 */

/**
 * Parks threads that make blocking calls on a non-blocking channel until the loop's selector reports the channel. One
 * thread waits in each direction at a time; the caller must ensure that.
 */
final class BlockingChannel implements Selectable {

  private static final int INPUT = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
  private static final int OUTPUT = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

  /** The time in nanoseconds after which a waiting thread of another loop or of none checks that the loop is open. */
  private static final long PATIENCE = 1_000_000_000;

  /** The state of one direction, input or output. Any thread. */
  static final class Direction {

    /** Whether an attempt can succeed: the selector has reported the channel since the last attempt. */
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
   * @param channel a channel in non-blocking mode that no selector has registered
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

  @SuppressWarnings("NullAway") // a channel that is reported has a key
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
        key = loop.poller.register(channel, operation, this);
      } else if ((key.interestOps() & operation) == 0) {
        key.interestOpsOr(operation);
      }
    } catch (IOException | RuntimeException closed) {
      wakeAll(); // the woken threads find the channel closed
    }
  }

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
   * @param nanos the time limit in nanoseconds; 0 for none
   * @return false if the time limit has passed
   * @throws InterruptedIOException if a virtual thread is interrupted. A platform thread ignores an interrupt, as with
   *     the JDK's sockets.
   * @throws SocketException if the loop is closed
   * @throws IllegalStateException if a thread of the loop is pinned and the watchdog has detected it
   */
  boolean await(Direction direction, int operation, long nanos) throws IOException {
    boolean onLoop = loop.isOnLoop();
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
        loop.checkNotPinned();
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
        throw new SocketException("Socket closed: its event loop is closed");
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

  /** Wakes the thread that waits in this direction, so that it tries again. Any thread. */
  void wake(Direction direction) {
    direction.ready = true;
    LockSupport.unpark(direction.waiting);
  }

  /** Closes the channel and wakes the threads that wait for it. Any thread. */
  void close() throws IOException {
    channel.close();
    wakeAll();
    if (!loop.isOnLoop() && !loop.isClosed()) {
      try {
        loop.callSoonThreadsafe(() -> {}); // wakes the loop, whose next poll closes the descriptor
      } catch (IllegalStateException closed) {
        // the loop has closed its selector, which has closed the descriptor
      }
    }
  }
}
