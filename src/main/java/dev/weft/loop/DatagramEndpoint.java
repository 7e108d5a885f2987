package dev.weft.loop;

import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;

/**
 * The result of {@link EventLoop#createDatagramEndpoint}: the pair {@code (transport, protocol)}.
 *
 * @param transport sends datagrams
 * @param protocol the protocol that the factory has created; receives datagrams
 * @param <P> the type of the protocol
 */
public record DatagramEndpoint<P extends DatagramProtocol>(
    DatagramTransport transport, P protocol) {}
