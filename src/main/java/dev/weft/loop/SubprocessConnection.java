package dev.weft.loop;

import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;

/**
 * The result of {@link EventLoop#subprocessExec}: the pair {@code (transport, protocol)}.
 *
 * @param transport the running child
 * @param protocol the protocol that the factory has created
 * @param <P> the type of the protocol
 */
public record SubprocessConnection<P extends SubprocessProtocol>(
    SubprocessTransport transport, P protocol) {}
