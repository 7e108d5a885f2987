/**
 * The event loop over a {@code java.nio} selector, and its transports. Not exported: programs use the interfaces of
 * {@code dev.weft.loop} and {@code dev.weft.transport}.
 *
 * <p>The loop's thread polls the selector and appends a handle to the ready queue for each channel that is ready. The
 * handle runs in the driver and does the system call: {@link dev.weft.selector.SelectorEventLoop#poll}, then {@code
 * SocketTransport.ready}, then {@code SocketTransport.readReady}, then the protocol. Loop sockets of {@code
 * dev.weft.thread} have no handle: their channel unparks the thread that waits. The state of a transport belongs to the
 * loop's thread.
 */
package dev.weft.selector;
