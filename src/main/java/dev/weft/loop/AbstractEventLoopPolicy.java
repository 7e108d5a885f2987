package dev.weft.loop;

import java.util.Objects;

/**
 * Creates loops, and defines which loop is current in a thread that runs none: asyncio's {@code
 * AbstractEventLoopPolicy}. The program has one policy. Its methods never suspend, and any thread may call them.
 *
 * <p>Policies are for code from the time before asyncio's {@link Runner}, and Python 3.14 deprecates them. New code
 * does not need them.
 */
public interface AbstractEventLoopPolicy {

  /**
   * Returns the current loop of the calling thread ({@code get_event_loop}). It is asked only if no loop runs the
   * caller. Never suspends. Any thread.
   *
   * @return the loop
   * @throws IllegalStateException if there is none
   */
  EventLoop getEventLoop();

  /**
   * Makes a loop the current loop of the calling thread and does not run it ({@code set_event_loop}). Never suspends.
   * Any thread.
   *
   * @param loop the loop
   */
  void setEventLoop(EventLoop loop);

  /** Leaves the calling thread without a current loop ({@code set_event_loop(None)}). Never suspends. Any thread. */
  void resetEventLoop();

  /**
   * Creates a loop, which is not the current loop of any thread ({@code new_event_loop}). Never suspends. Any thread.
   *
   * @return the loop, which the caller closes
   */
  EventLoop newEventLoop();

  /**
   * Returns the program's policy ({@code get_event_loop_policy}). Never suspends. Any thread.
   *
   * @return the policy; a {@link DefaultEventLoopPolicy} if the program has set none
   */
  static AbstractEventLoopPolicy getEventLoopPolicy() {
    return ProgramPolicy.current;
  }

  /**
   * Sets the program's policy ({@code set_event_loop_policy}). Never suspends. Any thread.
   *
   * @param policy the policy
   */
  static void setEventLoopPolicy(AbstractEventLoopPolicy policy) {
    ProgramPolicy.current = Objects.requireNonNull(policy, "policy");
  }

  /** Returns to a {@link DefaultEventLoopPolicy} ({@code set_event_loop_policy(None)}). Never suspends. Any thread. */
  static void resetEventLoopPolicy() {
    ProgramPolicy.current = new DefaultEventLoopPolicy();
  }
}
