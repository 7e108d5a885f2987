package dev.weft.loop;

import java.net.SocketAddress;

/**
 * What {@link EventLoop#sockRecvfrom} returns: the pair {@code (data, address)}.
 *
 * @param data the bytes; empty for a datagram without any
 * @param address who has sent them
 */
public record Datagram(byte[] data, SocketAddress address) {}
