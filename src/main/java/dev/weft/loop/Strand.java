package dev.weft.loop;

import dev.weft.carrier.Fiber;

/**
 * A virtual thread of a loop, a task's or the driver's: which loop, and which context is current.
 *
 * <p>Most tasks and callbacks never ask for their context. So a strand holds the bindings it was given,
 * shared with whoever gave them, and gets a {@link Context} object only when one is passed or asked for.
 */
abstract class Strand extends Fiber {

  final BaseEventLoop loop;

  // loop thread only
  Object[] bindings;
  Context context;

  Strand(BaseEventLoop loop, Object[] bindings, Context context) {
    this.loop = loop;
    this.bindings = bindings;
    this.context = context;
  }

  /** The loop of the calling thread, if it is a strand's; else null. */
  static BaseEventLoop currentLoop() {
    return Fiber.current() instanceof Strand strand ? strand.loop : null;
  }

  /** What stands for the current context: distinct for each callback and each task. */
  Object contextHolder() {
    return context();
  }

  /** The current context as an object. */
  Context context() {
    if (context == null) {
      context = new Context(bindings);
    }
    return context;
  }
}
