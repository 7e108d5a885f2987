/**
 * Synchronisation between the tasks of one loop, with asyncio's names.
 *
 * <pre>{@code
 * var queue = new Queue<String>(10);
 * createTask(() -> queue.put("work"));
 * String item = queue.get();             // parks this task until there is an item
 * }</pre>
 *
 * <table class="striped">
 * <caption>Main types</caption>
 * <thead><tr><th scope="col">Type</th><th scope="col">Purpose</th></tr></thead>
 * <tbody>
 * <tr><th scope="row">{@link dev.weft.sync.Lock}</th><td>one task at a time</td></tr>
 * <tr><th scope="row">{@link dev.weft.sync.Semaphore}, {@link dev.weft.sync.BoundedSemaphore}</th><td>a number of tasks
 * at a time</td></tr>
 * <tr><th scope="row">{@link dev.weft.sync.Event}, {@link dev.weft.sync.Condition}</th><td>tasks wait for a signal of
 * another task</td></tr>
 * <tr><th scope="row">{@link dev.weft.sync.Barrier}</th><td>a number of tasks wait for each other</td></tr>
 * <tr><th scope="row">{@link dev.weft.sync.Queue}, {@link dev.weft.sync.PriorityQueue}, {@link
 * dev.weft.sync.LifoQueue}</th><td>items go from task to task</td></tr>
 * </tbody>
 * </table>
 *
 * <p>Each primitive is fair: it serves waiting tasks in the order in which they came. Each is safe under cancellation:
 * a wake-up for a task that is being cancelled goes to the next task. Code that does not suspend needs no primitive, as
 * no other task runs meanwhile.
 *
 * <p>A primitive belongs to the loop that creates it, or to the first loop that uses it. While that loop runs, all
 * methods that change the primitive or wait for it throw an {@code IllegalStateException} in other threads and other
 * loops, before they change anything. Other threads use {@code loop.callSoonThreadsafe}. Until a loop uses a primitive,
 * one thread outside of loops may use it, for example to fill a queue. When its loop no longer runs, the next loop that
 * uses the primitive takes it over. The exception is a primitive for which a task has waited: a task of another loop
 * that has to wait for it gets an {@code IllegalStateException}, as in asyncio.
 *
 * <p>No parameter and no result is null unless its type is {@code @Nullable}.
 */
@NullMarked
package dev.weft.sync;

import org.jspecify.annotations.NullMarked;
