/**
 * The judge: random programs, run by CPython's asyncio and by Weft, must show the same trace, line by line.
 *
 * <p>The way of a program: {@link dev.weft.it.judge.Generator} makes it from a seed; {@link
 * dev.weft.it.judge.CPython} (with {@code it/python/judge}) and {@link dev.weft.it.judge.WeftInterpreter} run
 * it; {@link dev.weft.it.judge.Judge} compares; {@link dev.weft.it.judge.Shrinker} makes what differs small.
 */
package dev.weft.it.judge;
