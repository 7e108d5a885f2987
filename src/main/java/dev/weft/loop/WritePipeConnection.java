package dev.weft.loop;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.WriteTransport;

/**
 * What {@link EventLoop#connectWritePipe} returns: the pair {@code (transport, protocol)}.
 *
 * @param transport what takes the pipe's data
 * @param protocol what the factory has made for it
 * @param <P> the type of the protocol
 */
public record WritePipeConnection<P extends BaseProtocol>(WriteTransport transport, P protocol) {}
