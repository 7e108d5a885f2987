/**
 * Combining tasks and limiting their time, with asyncio's names. {@link dev.weft.Asyncio} has a function for each of
 * these types.
 *
 * <pre>{@code
 * String both = taskGroup(group -> {
 *   Task<String> a = group.createTask(() -> fetch("a"));
 *   Task<String> b = group.createTask(() -> fetch("b"));
 *   return await(a) + await(b);        // the failure of one task cancels the other
 * });
 * }</pre>
 *
 * <table class="striped">
 * <caption>Main types</caption>
 * <thead><tr><th scope="col">Type</th><th scope="col">Purpose</th></tr></thead>
 * <tbody>
 * <tr><th scope="row">{@link dev.weft.task.TaskGroup}</th><td>waits for all its tasks; one failure cancels the
 * others</td></tr>
 * <tr><th scope="row">{@link dev.weft.task.Supervisor}</th><td>waits for all its tasks; a failure cancels no other
 * task</td></tr>
 * <tr><th scope="row">{@link dev.weft.task.Timeout}</th><td>cancels code once when its time is over</td></tr>
 * <tr><th scope="row">{@link dev.weft.task.CancelScope}</th><td>cancels every wait inside code until the code
 * ends</td></tr>
 * <tr><th scope="row">{@link dev.weft.task.Gather}</th><td>the results of several futures, in order</td></tr>
 * <tr><th scope="row">{@link dev.weft.task.AsCompleted}</th><td>futures in the order in which they complete</td></tr>
 * <tr><th scope="row">{@link dev.weft.task.Concurrently}</th><td>a race, and a concurrent map over a
 * collection</td></tr>
 * </tbody>
 * </table>
 *
 * <p>No parameter and no result is null unless its type is {@code @Nullable}.
 */
@NullMarked
package dev.weft.task;

import org.jspecify.annotations.NullMarked;
