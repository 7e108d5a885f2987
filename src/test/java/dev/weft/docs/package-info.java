/**
 * Tests of the documents: they compile and run the code of README and the guide, compile the examples of the Javadoc, and
 * check the links.
 *
 * <p>A {@code java} block with a top-level type is a program. Any other block is a fragment: its statements run in a
 * task, with {@code import static dev.weft.Asyncio.*} and imports of Weft's packages and the most used ones of the JDK.
 * HTML comments directly above a block contain code and instructions that the reader need not see:
 *
 * <ul>
 *   <li>{@code with}, for a fragment: imports, then members of the class, then, after the lines {@code before:} and
 *       {@code after:}, statements that run before and after those of the block. For a program: other top-level types.
 *   <li>{@code client}: statements that run as a fragment while the program serves in its own JVM. A free port replaces
 *       8888. After the statements, SIGTERM ends the program.
 *   <li>{@code continues}: the block belongs to the one before it.
 *   <li>{@code logs}: the block may log warnings and errors, which other blocks must not.
 *   <li>{@code compile only}: the block cannot run in a test.
 *   <li>{@code output}, above a {@code text} block: the exact output of the Java block before it.
 * </ul>
 */
package dev.weft.docs;
