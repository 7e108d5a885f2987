/**
 * The scheduler of a loop's virtual threads, and all other code that depends on internals of the JDK. Not exported.
 *
 * <p>{@link dev.weft.carrier.Carrier} runs the continuations of a loop's virtual threads on one platform thread, in the
 * order of the {@link dev.weft.carrier.ReadyQueue}. {@link dev.weft.carrier.Carrier#execute} only appends: it never
 * runs a continuation itself, never blocks and never rejects one. {@link dev.weft.carrier.Fiber} is the code of such a
 * thread and identifies it. Other packages use internals of the JDK only through the classes of this package.
 * {@code Inside} gives this package access to them, with or without a flag.
 */
package dev.weft.carrier;
