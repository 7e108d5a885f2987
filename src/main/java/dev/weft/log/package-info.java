/**
 * The loggers of all packages of Weft. Not exported. {@link dev.weft.log.Log} logs through SLF4J if SLF4J has a
 * provider; otherwise it prints warnings and errors to {@code System.err}. A carrier thread must not log.
 */
package dev.weft.log;
