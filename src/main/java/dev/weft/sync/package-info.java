/**
 * Synchronisation between the tasks of one loop, with asyncio's names. All of it is fair, first come first
 * served, and safe under cancellation: a wake-up that reaches a task which is being cancelled goes on to
 * the next.
 *
 * <p>None of it is needed between two calls that do not suspend: there, nothing else runs.
 *
 * <p>A primitive belongs to the loop that makes it, or that is the first to use it. While that loop runs, other
 * threads and other loops get an {@code IllegalStateException} from every method that changes the primitive or waits
 * for it, before anything is changed; they reach it by {@code loop.callSoonThreadsafe}. Before a loop has used it,
 * a primitive that was made outside of loops may be used by any one thread, to fill a queue for instance. A loop that
 * does not run any more gives a primitive up to the next that uses it, unless a task has waited for it: then a task of
 * another loop that has to wait gets an {@code IllegalStateException}, as in asyncio.
 *
 * <p>Nothing here takes or returns null unless its documentation says so.
 */
package dev.weft.sync;
