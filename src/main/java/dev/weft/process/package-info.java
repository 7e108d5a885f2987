/**
 * Child processes with streams, with asyncio's names: {@link dev.weft.process.Process}. No nulls go in or come out.
 * What suspends parks the calling task; the rest returns at once. All of it belongs to the loop's thread.
 */
package dev.weft.process;
