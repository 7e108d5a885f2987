/**
 * Transports and protocols: the callback side of Weft, with asyncio's names. A transport moves bytes, a
 * protocol says what they mean. Nothing here suspends. Only {@link
 * dev.weft.transport.BaseProtocol#connectionLost} and {@link
 * dev.weft.transport.BaseTransport#getExtraInfo} pass null, where their documentation says so.
 */
package dev.weft.transport;
