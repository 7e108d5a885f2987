package dev.weft.loop;

import java.util.Objects;

/**
 * A policy that keeps a current loop for each thread and creates Weft's loops: asyncio's
 * {@code DefaultEventLoopPolicy}. A thread has no current loop until the program sets one.
 */
public final class DefaultEventLoopPolicy implements AbstractEventLoopPolicy {

  private final ThreadLocal<EventLoop> current = new ThreadLocal<>();

  /** Creates a policy by which no thread has a current loop yet. Never suspends. Any thread. */
  public DefaultEventLoopPolicy() {}

  @Override
  public EventLoop getEventLoop() {
    EventLoop loop = current.get();
    if (loop == null) {
      throw new IllegalStateException("There is no current event loop in "
          + Thread.currentThread()
          + ": use Asyncio.run, or setEventLoop");
    }
    return loop;
  }

  @Override
  public void setEventLoop(EventLoop loop) {
    current.set(Objects.requireNonNull(loop, "loop"));
  }

  @Override
  public void resetEventLoop() {
    current.remove();
  }

  @Override
  public EventLoop newEventLoop() {
    return EventLoop.newEventLoop();
  }
}
