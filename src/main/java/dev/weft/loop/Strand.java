package dev.weft.loop;

import dev.weft.carrier.Fiber;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread of a loop, a task's or the driver's. It knows its loop and its current context.
 *
 * <p>Most tasks and callbacks never ask for their context. So a strand holds the bindings that it was given, shared
 * with their giver, and gets a {@link Context} object only when code passes or asks for one.
 */
abstract class Strand extends Fiber {

  // loop thread only
  Object context; // the bindings that it was given, or a Context

  Strand(Object context) {
    this.context = context;
  }

  /** The loop whose virtual thread this is. */
  abstract BaseEventLoop loop();

  /** The loop of the calling thread, if it is a strand's; else null. */
  static @Nullable BaseEventLoop currentLoop() {
    return Fiber.current() instanceof Strand strand ? strand.loop() : null;
  }

  /** An object that stands for the current context; each callback and each task has another. */
  Object contextHolder() {
    return context();
  }

  /** The current context as an object. */
  Context context() {
    if (!(context instanceof Context)) {
      context = new Context((Object[]) context);
    }
    return (Context) context;
  }

  /** The current context if it is an object already; else null. */
  @Nullable
  Context contextOrNull() {
    return context instanceof Context own ? own : null;
  }

  /** What the current context holds. */
  Object[] bindings() {
    return context instanceof Context own ? own.bindings : (Object[]) context;
  }
}
