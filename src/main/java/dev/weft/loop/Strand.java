package dev.weft.loop;

import dev.weft.carrier.Fiber;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread of a loop: the thread of a task, or the driver. It knows its loop and its current context.
 *
 * <p>Most tasks and callbacks never ask for their context. So a strand holds the bindings that it was given, which it
 * shares with their source. It gets a {@link Context} object only when code passes or requests one.
 */
abstract class Strand extends Fiber {

  // loop thread only
  Object context; // the bindings that it was given, or a Context

  Strand(Object context) {
    this.context = context;
  }

  /** Returns the loop to which this virtual thread belongs. */
  abstract BaseEventLoop loop();

  /** Returns the loop of the calling thread if it is a strand; otherwise null. Any thread. */
  static @Nullable BaseEventLoop currentLoop() {
    return Fiber.current() instanceof Strand strand ? strand.loop() : null;
  }

  /** Returns an object that identifies the current context. Each callback and each task has a different one. */
  Object contextHolder() {
    return context();
  }

  /** Returns the current context as an object. */
  Context context() {
    if (!(context instanceof Context)) {
      context = new Context((Object[]) context);
    }
    return (Context) context;
  }

  /** Returns the current context if it is an object already; otherwise null. */
  @Nullable
  Context contextOrNull() {
    return context instanceof Context own ? own : null;
  }

  /** Returns the content of the current context. */
  Object[] bindings() {
    return context instanceof Context own ? own.bindings : (Object[]) context;
  }
}
