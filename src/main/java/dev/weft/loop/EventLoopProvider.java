package dev.weft.loop;

/** Makes event loops; found as a service. Weft itself provides the one that there is. */
public interface EventLoopProvider {

  /** Creates a loop that lives by {@code clock}. */
  EventLoop newEventLoop(Clock clock);
}
