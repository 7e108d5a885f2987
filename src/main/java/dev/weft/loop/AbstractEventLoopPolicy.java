package dev.weft.loop;

import java.util.Objects;

/**
 * What makes loops, and says which one is current where none runs: asyncio's {@code
 * AbstractEventLoopPolicy}. There is one policy for the whole program. Never suspends; any thread.
 *
 * <p>For code written when asyncio had no {@link Runner} (Python 3.14 deprecates policies). New code needs
 * none of it.
 */
public interface AbstractEventLoopPolicy {

  /**
   * The current loop of the calling thread ({@code get_event_loop}); asked only if none runs the caller.
   *
   * @throws IllegalStateException if there is none
   */
  EventLoop getEventLoop();

  /** Makes a loop the current one of the calling thread ({@code set_event_loop}); does not run it. */
  void setEventLoop(EventLoop loop);

  /** Leaves the calling thread without a current loop ({@code set_event_loop(None)}). */
  void resetEventLoop();

  /** Makes a loop ({@code new_event_loop}), and makes it nobody's current one. */
  EventLoop newEventLoop();

  /** The program's policy ({@code get_event_loop_policy}). */
  static AbstractEventLoopPolicy getEventLoopPolicy() {
    return ProgramPolicy.current;
  }

  /** Changes the program's policy ({@code set_event_loop_policy}). */
  static void setEventLoopPolicy(AbstractEventLoopPolicy policy) {
    ProgramPolicy.current = Objects.requireNonNull(policy, "policy");
  }

  /** Goes back to a {@link DefaultEventLoopPolicy} ({@code set_event_loop_policy(None)}). */
  static void resetEventLoopPolicy() {
    ProgramPolicy.current = new DefaultEventLoopPolicy();
  }
}
