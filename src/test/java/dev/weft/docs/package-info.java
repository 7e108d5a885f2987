/**
 * The documents, tested: the code of README and the guide is compiled and run, and their links are followed.
 *
 * <p>A {@code java} block with a top-level type is a program. Any other block is a fragment: its statements run in a task,
 * with {@code import static dev.weft.Asyncio.*} and imports of Weft's packages and the most used ones of the JDK. Comments
 * directly above a block tell what the reader need not see:
 *
 * <ul>
 *   <li>{@code with}: below this word stand imports, then members of the class, then after {@code before:} and {@code
 *       after:} statements that run before and after those of the block. For a program: types that stand beside it.
 *   <li>{@code client}: statements that run as a fragment while the program serves in a JVM of its own. A free port stands
 *       in place of 8888. SIGTERM ends the program then.
 *   <li>{@code continues}: the block belongs to the one before it.
 *   <li>{@code logs}: the block may log warnings and errors. Others must not.
 *   <li>{@code compile only}: the block cannot run in a test.
 *   <li>{@code output}, above a {@code text} block: exactly this is what the Java block before it prints.
 * </ul>
 */
package dev.weft.docs;
