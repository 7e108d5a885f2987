/**
 * Child processes whose input and output are streams, with asyncio's names.
 *
 * <pre>{@code
 * Process sort = createSubprocessExec(List.of("sort"), SubprocessOptions.pipes());
 * sort.stdin().write("b\na\n");
 * sort.stdin().close();
 * for (String line : sort.stdout().lines()) {
 *   System.out.println(line);
 * }
 * int code = sort.waitFor();
 * }</pre>
 *
 * <p>{@link dev.weft.process.Process} is a running child. {@link dev.weft.process.Subprocesses} starts one; {@link
 * dev.weft.Asyncio} has the same functions. Only the loop's thread may use these types. No parameter and no result is
 * null unless its type is {@code @Nullable}.
 */
@NullMarked
package dev.weft.process;

import org.jspecify.annotations.NullMarked;
