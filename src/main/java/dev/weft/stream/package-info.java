/**
 * Streams: connections in blocking style, with asyncio's names. A {@link dev.weft.stream.StreamReader}'s
 * methods park the calling task until there is data.
 *
 * <p>Nothing here takes or returns null unless its documentation says so.
 */
package dev.weft.stream;
