/** The facade: {@link dev.weft.Asyncio} has asyncio's top level, to be imported statically. */
package dev.weft;
