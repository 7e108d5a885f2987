/**
 * The entry point of Weft. {@link dev.weft.Asyncio} has the functions of asyncio's top level. Import them statically.
 *
 * <pre>{@code
 * import static dev.weft.Asyncio.*;
 *
 * run(() -> {
 *   Task<String> greeting = createTask(() -> {
 *     sleep(Duration.ofMillis(100));   // parks this task alone
 *     return "hello";
 *   });
 *   System.out.println(await(greeting));
 * });
 * }</pre>
 *
 * <p>All tasks of a {@code run} share one thread. A task runs until it suspends, so tasks share state without locks
 * between two calls that suspend. The Javadoc of each method says whether it suspends.
 *
 * <p>No parameter and no result is null unless its type is {@code @Nullable}.
 */
@NullMarked
package dev.weft;

import org.jspecify.annotations.NullMarked;
