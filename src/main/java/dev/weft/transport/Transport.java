package dev.weft.transport;

/** A stream of bytes in both directions: asyncio's {@code Transport}. */
public interface Transport extends ReadTransport, WriteTransport {}
