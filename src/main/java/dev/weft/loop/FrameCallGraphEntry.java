package dev.weft.loop;

/**
 * One call in a task: asyncio's {@code FrameCallGraphEntry}.
 *
 * @param frame the stack frame of the call
 */
public record FrameCallGraphEntry(StackTraceElement frame) {}
