package dev.weft.loop;

/**
 * One call in a task: asyncio's {@code FrameCallGraphEntry}.
 *
 * @param frame where it is
 */
public record FrameCallGraphEntry(StackTraceElement frame) {}
