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
 * The protocol that a {@link StreamWriter} waits by: asyncio's {@code FlowControlMixin}. By itself it is all that a
 * writer on a pipe needs: give it to {@link EventLoop#connectWritePipe}. None of its methods suspends.
 */
public class FlowControl implements BaseProtocol {

  private final EventLoop loop;

  // A future for each task that waits: cancelling one concerns nobody else, and an error of which
  // nobody wants to know is in no future that would be reported.
  private final List<Future<@Nullable Void>> drainers = new ArrayList<>(0);
  private final List<Future<@Nullable Void>> closers = new ArrayList<>(0);
  private boolean paused;
  private boolean lost;
  private @Nullable Throwable lossError; // null after a clean end
  private @Nullable Throwable told; // by the last drain that came too late

  /**
   * @param loop whose tasks will wait
   */
  public FlowControl(EventLoop loop) {
    this.loop = Objects.requireNonNull(loop, "loop");
  }

  @Override
  public void connectionLost(@Nullable Throwable error) {
    if (lost) {
      return; // a child's stdin may go before the child
    }
    lost = true;
    lossError = error;
    settle(closers, error);
    settle(drainers, error);
  }

  private static void settle(List<Future<@Nullable Void>> waiters, @Nullable Throwable error) {
    for (Future<@Nullable Void> waiter : waiters) {
      if (waiter.done()) {
        continue; // cancelled, or woken before, and its task has not had its turn yet
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
      await(drainers);
    }
  }

  /** Whether {@code error} is what the loss of the connection was, or has led to. */
  boolean isBlamedFor(Throwable error) {
    return error == lossError || error == told;
  }

  final void waitClosed() throws IOException {
    if (!lost) {
      await(closers);
    } else if (lossError != null) {
      throw Failures.rethrow(lossError);
    }
  }

  /** Whether a task waits for room. */
  final boolean isAwaited() {
    return !drainers.isEmpty();
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
