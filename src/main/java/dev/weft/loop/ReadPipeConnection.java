package dev.weft.loop;

import dev.weft.transport.Protocol;
import dev.weft.transport.ReadTransport;

/**
 * What {@link EventLoop#connectReadPipe} returns: the pair {@code (transport, protocol)}.
 *
 * @param transport what delivers the pipe's data
 * @param protocol what the factory has made for it
 * @param <P> the type of the protocol
 */
public record ReadPipeConnection<P extends Protocol>(ReadTransport transport, P protocol) {}
