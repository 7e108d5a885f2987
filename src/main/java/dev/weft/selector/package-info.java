/**
 * The event loop over a {@code java.nio} selector: the back end of {@code dev.weft.io}. The package is not exported.
 * Programs use the interfaces of {@code dev.weft.loop} and {@code dev.weft.transport}.
 *
 * <p>The loop's thread polls the selector and appends a handle to the ready queue for each channel that is ready. The
 * handle runs in the driver, where the connection makes the system call. A received byte passes {@code
 * SelectorPoller.poll}, {@code ChannelEnd.ready} and the connection's {@code Input} on its way to
 * the protocol. Loop sockets of {@code dev.weft.thread} have no handle: their channel unparks the waiting thread. Only
 * the loop's thread uses the state of a channel.
 */
package dev.weft.selector;
