package dev.weft.loop;

import java.util.Objects;

/**
 * A policy with a current loop for each thread, none until one is set, and with loops of Weft's own: asyncio's {@code
 * DefaultEventLoopPolicy}.
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
