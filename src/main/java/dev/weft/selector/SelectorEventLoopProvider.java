package dev.weft.selector;

import dev.weft.loop.Clock;
import dev.weft.loop.EventLoop;
import dev.weft.loop.EventLoopProvider;

/** Makes {@link SelectorEventLoop}s. */
public final class SelectorEventLoopProvider implements EventLoopProvider {

  /** Called by the service loader. */
  public SelectorEventLoopProvider() {}

  @Override
  public EventLoop newEventLoop(Clock clock) {
    return new SelectorEventLoop(clock);
  }
}
