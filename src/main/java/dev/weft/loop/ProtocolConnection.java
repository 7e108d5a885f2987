package dev.weft.loop;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Transport;

/**
 * The result of {@link EventLoop#createConnection}: the pair {@code (transport, protocol)}.
 *
 * @param transport the connected transport
 * @param protocol the protocol that the factory has created
 * @param <P> the type of the protocol
 */
public record ProtocolConnection<P extends BaseProtocol>(Transport transport, P protocol) {}
