package dev.weft.loop;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.WriteTransport;

/**
 * The result of {@link EventLoop#connectWritePipe}: the pair {@code (transport, protocol)}.
 *
 * @param transport writes to the pipe
 * @param protocol the protocol that the factory has created
 * @param <P> the type of the protocol
 */
public record WritePipeConnection<P extends BaseProtocol>(WriteTransport transport, P protocol) {}
