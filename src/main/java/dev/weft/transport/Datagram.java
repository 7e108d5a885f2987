package dev.weft.transport;

import java.net.SocketAddress;

/**
 * The result of {@code EventLoop.sockRecvfrom}: the pair {@code (data, address)}.
 *
 * @param data the bytes; empty for an empty datagram
 * @param address the sender
 */
public record Datagram(byte[] data, SocketAddress address) {}
