package dev.weft.transport;

/**
 * A transport of a stream of bytes in both directions: asyncio's {@code Transport}. No method suspends. Loop thread
 * only.
 *
 * <pre>{@code
 * Transport transport = loop.createConnection(() -> protocol, "127.0.0.1", 8888).transport();
 * transport.write("hello\n".getBytes(StandardCharsets.UTF_8));
 * transport.close(); // sends what is buffered first
 * }</pre>
 */
public interface Transport extends ReadTransport, WriteTransport {}
