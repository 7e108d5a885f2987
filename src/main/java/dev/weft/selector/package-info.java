/**
 * The event loop over a {@code java.nio} selector, and its transports. Not exported: users see the
 * interfaces of {@code dev.weft.loop} and {@code dev.weft.transport}.
 *
 * <p>The way of a byte is {@link dev.weft.selector.SelectorEventLoop#poll} → {@link
 * dev.weft.selector.SocketTransport} → protocol.
 */
package dev.weft.selector;
