package dev.weft.loop;

import dev.weft.transport.Protocol;
import dev.weft.transport.ReadTransport;

/**
 * The result of {@link EventLoop#connectReadPipe}: the pair {@code (transport, protocol)}.
 *
 * @param transport delivers the pipe's data
 * @param protocol the protocol that the factory has created
 * @param <P> the type of the protocol
 */
public record ReadPipeConnection<P extends Protocol>(ReadTransport transport, P protocol) {}
