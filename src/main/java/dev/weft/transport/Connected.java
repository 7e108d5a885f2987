package dev.weft.transport;

/**
 * What a method of the loop that connects returns: asyncio's pair {@code (transport, protocol)}.
 *
 * <pre>{@code
 * class Printer implements Protocol {
 *   public void dataReceived(ByteBuffer data) {
 *     System.out.println(StandardCharsets.UTF_8.decode(data));
 *   }
 * }
 *
 * EventLoop loop = EventLoop.getRunningLoop();
 * var connected = loop.createConnection(Printer::new, "127.0.0.1", 8888);
 * connected.transport().write("hello".getBytes());
 * }</pre>
 *
 * @param transport the transport, after {@code connectionMade}
 * @param protocol the protocol that the factory has created
 * @param <T> the type of the transport
 * @param <P> the type of the protocol
 */
public record Connected<T extends BaseTransport, P extends BaseProtocol>(T transport, P protocol) {}
