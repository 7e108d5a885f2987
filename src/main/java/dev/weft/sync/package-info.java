/**
 * Synchronisation between the tasks of one loop, with asyncio's names. All of it is fair, first come first
 * served, and safe under cancellation: a wake-up that reaches a task which is being cancelled goes on to
 * the next.
 *
 * <p>A primitive belongs to the loop on which a task first has to wait for it. None of it is meant for
 * other threads, and none of it is needed between two calls that do not suspend: there, nothing else runs.
 *
 * <p>Nothing here takes or returns null unless its documentation says so.
 */
package dev.weft.sync;
