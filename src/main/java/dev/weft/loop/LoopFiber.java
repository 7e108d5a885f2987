package dev.weft.loop;

import dev.weft.carrier.Fiber;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread of a loop: the thread of a task, or the driver. It knows its loop and its current context.
 *
 * <p>Most tasks and callbacks never ask for their context. So a fiber holds the bindings that it was given, which it
 * shares with their source. It gets a {@link Context} object only when code passes or requests one.
 */
interface LoopFiber extends Fiber {

  /** Returns the loop to which this virtual thread belongs. */
  BaseEventLoop loop();

  /** Returns the bindings that the fiber was given, or a {@link Context}. Loop thread only. */
  Object given();

  /** Sets what {@link #given} returns. Loop thread only. */
  void give(Object bindingsOrContext);

  /** Returns the loop of the calling thread if it is a fiber; otherwise null. Any thread. */
  static @Nullable BaseEventLoop currentLoop() {
    return Fiber.current() instanceof LoopFiber fiber ? fiber.loop() : null;
  }

  /** Returns the current context as an object. */
  default Context context() {
    if (given() instanceof Context own) {
      return own;
    }
    var context = new Context((Object[]) given());
    give(context);
    return context;
  }

  /** Returns the current context if it is an object already; otherwise null. */
  default @Nullable Context contextOrNull() {
    return given() instanceof Context own ? own : null;
  }

  /** Returns the content of the current context. */
  default Object[] bindings() {
    return given() instanceof Context own ? own.bindings : (Object[]) given();
  }
}
