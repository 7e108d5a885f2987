package dev.weft.loop;

import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;

/**
 * What {@link EventLoop#createDatagramEndpoint} returns: the pair {@code (transport, protocol)}.
 *
 * @param transport sends
 * @param protocol what the factory has made for it; receives
 * @param <P> the type of the protocol
 */
public record DatagramEndpoint<P extends DatagramProtocol>(
    DatagramTransport transport, P protocol) {}
