package dev.weft.loop;

import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;

/**
 * What {@link EventLoop#subprocessExec} returns: the pair {@code (transport, protocol)}.
 *
 * @param transport the running child
 * @param protocol what the factory has made for it
 * @param <P> the type of the protocol
 */
public record SubprocessConnection<P extends SubprocessProtocol>(
    SubprocessTransport transport, P protocol) {}
