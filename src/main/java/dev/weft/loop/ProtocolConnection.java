package dev.weft.loop;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Transport;

/**
 * What {@link EventLoop#createConnection} returns: the pair {@code (transport, protocol)}.
 *
 * @param transport the connected transport
 * @param protocol what the factory has made for it
 * @param <P> the type of the protocol
 */
public record ProtocolConnection<P extends BaseProtocol>(Transport transport, P protocol) {}
