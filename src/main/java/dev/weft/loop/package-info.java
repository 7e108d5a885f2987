/**
 * The event loop: its turn, its callbacks and timers, futures, tasks and their contexts.
 *
 * <p>The way of a wake-up is {@link dev.weft.loop.Future} → the ready queue → a task's continuation. The
 * way of a callback is {@link dev.weft.loop.Handle} → the ready queue → the driver, a virtual thread of
 * the loop that runs callbacks one after the other.
 *
 * <p>Nothing here takes or returns null unless its documentation says so.
 */
package dev.weft.loop;
