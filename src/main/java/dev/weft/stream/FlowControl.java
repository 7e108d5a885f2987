package dev.weft.stream;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A protocol by which a {@link StreamWriter} waits for its transport: asyncio's {@code FlowControlMixin}. A writer on a
 * pipe needs no other protocol: pass it to {@link EventLoop#connectWritePipe}. No public method suspends. The loop
 * calls them.
 */
public class FlowControl implements BaseProtocol {

  final EventLoop loop;

  // Each waiting task has a future of its own, so cancelling one affects no other.
  // If no task waits, there is no future whose error would be reported.
  private @Nullable List<Future<@Nullable Void>> drainers; // null until a task waits
  private @Nullable List<Future<@Nullable Void>> closers; // null until a task waits
  private boolean paused;
  private boolean lost;
  private @Nullable Throwable lossError; // null after a clean end
  private @Nullable Throwable told; // by the last drain after the loss

  /**
   * Creates a protocol. Never suspends. Any thread.
   *
   * @param loop the loop whose tasks use the writer
   */
  public FlowControl(EventLoop loop) {
    this.loop = Objects.requireNonNull(loop, "loop");
  }

  @Override
  public void connectionLost(@Nullable Throwable error) {
    if (lost) {
      return; // a child's stdin may be closed before the child ends
    }
    lost = true;
    lossError = error;
    settle(closers, error);
    settle(drainers, error);
  }

  private static void settle(
      @Nullable List<Future<@Nullable Void>> waiters, @Nullable Throwable error) {
    if (waiters == null) {
      return;
    }
    for (Future<@Nullable Void> waiter : waiters) {
      if (waiter.done()) {
        continue; // cancelled, or woken before, and its task has not run yet
      }
      if (error == null) {
        waiter.setResult(null);
      } else {
        waiter.setException(error);
      }
    }
  }

  @Override
  public void pauseWriting() {
    paused = true;
  }

  @Override
  public void resumeWriting() {
    paused = false;
    settle(drainers, null);
  }

  final void drain() throws IOException {
    if (lost) {
      var late = new SocketException("Connection lost");
      late.initCause(lossError);
      told = late;
      throw late;
    }
    if (paused) {
      if (drainers == null) {
        drainers = new ArrayList<>();
      }
      await(drainers);
    }
  }

  /** Returns whether an error is the loss of the connection, or its consequence. */
  boolean isBlamedFor(Throwable error) {
    return error == lossError || error == told;
  }

  final void waitClosed() throws IOException {
    if (!lost) {
      if (closers == null) {
        closers = new ArrayList<>();
      }
      await(closers);
    } else if (lossError != null) {
      throw Failures.rethrow(lossError);
    }
  }

  /** Returns whether a task waits for room. */
  final boolean isAwaited() {
    return drainers != null && !drainers.isEmpty();
  }

  private void await(List<Future<@Nullable Void>> waiters) {
    Future<@Nullable Void> waiter = loop.createFuture();
    waiters.add(waiter);
    try {
      waiter.await();
    } finally {
      waiters.remove(waiter);
    }
  }
}
