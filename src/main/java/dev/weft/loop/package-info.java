/**
 * The event loop, futures, tasks and contexts.
 *
 * <table class="striped">
 * <caption>Main types</caption>
 * <thead><tr><th scope="col">Type</th><th scope="col">Purpose</th></tr></thead>
 * <tbody>
 * <tr><th scope="row">{@link dev.weft.loop.EventLoop}</th><td>runs callbacks, timers and tasks on one thread, and
 * creates connections and servers</td></tr>
 * <tr><th scope="row">{@link dev.weft.loop.Future}</th><td>a result that arrives later</td></tr>
 * <tr><th scope="row">{@link dev.weft.loop.Task}</th><td>a coroutine that the loop runs; it is the future of the
 * coroutine's result</td></tr>
 * <tr><th scope="row">{@link dev.weft.loop.Runner}</th><td>creates a loop, runs coroutines on it, and closes
 * it</td></tr>
 * <tr><th scope="row">{@link dev.weft.loop.ContextVar}</th><td>a variable with a value for each task</td></tr>
 * <tr><th scope="row">{@link dev.weft.loop.CancelledError}</th><td>thrown inside a task that is cancelled</td></tr>
 * </tbody>
 * </table>
 *
 * <p>The ready queue holds callbacks and the steps of tasks in one order. A completed {@link dev.weft.loop.Future}
 * appends the step of each task that waits for it. A {@link dev.weft.loop.Handle} is a callback in the queue. The loop
 * runs callbacks one after the other in a virtual thread of its own, the driver.
 *
 * <h2>Words for what runs</h2>
 *
 * <table class="striped">
 * <caption>Glossary</caption>
 * <thead><tr><th scope="col">Word</th><th scope="col">Meaning</th></tr></thead>
 * <tbody>
 * <tr><th scope="row">callback</th><td>code that the loop calls, for example by {@code callSoon}; its {@code Handle} is
 * the entry in the queue</td></tr>
 * <tr><th scope="row">coroutine</th><td>code that may suspend; a {@code Task} runs it</td></tr>
 * <tr><th scope="row">step</th><td>the part of a task between two suspensions; its continuation is the entry in the
 * queue</td></tr>
 * <tr><th scope="row">turn</th><td>a poll, and then all entries that the queue holds at that moment</td></tr>
 * <tr><th scope="row">carrier</th><td>the platform thread of a loop, which runs its virtual threads</td></tr>
 * <tr><th scope="row">fiber</th><td>a virtual thread that Weft creates: the thread of a task, or the driver</td></tr>
 * <tr><th scope="row">driver</th><td>the fiber in which callbacks run</td></tr>
 * <tr><th scope="row">guest</th><td>a virtual thread on the carrier that other code creates, for example in a
 * task</td></tr>
 * <tr><th scope="row">loop thread</th><td>the carrier, or a virtual thread that it carries now</td></tr>
 * </tbody>
 * </table>
 *
 * <p>No parameter and no result is null unless its type is {@code @Nullable}.
 */
@NullMarked
package dev.weft.loop;

import org.jspecify.annotations.NullMarked;
