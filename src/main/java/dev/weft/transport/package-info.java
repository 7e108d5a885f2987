/**
 * Transports and protocols: network code in callback style, with asyncio's names. A transport moves bytes. A protocol
 * gives them a meaning.
 *
 * <pre>{@code
 * class Echo implements Protocol {
 *   private Transport transport;
 *
 *   public void connectionMade(BaseTransport made) {
 *     transport = (Transport) made;
 *   }
 *
 *   public void dataReceived(ByteBuffer data) {
 *     transport.write(data);
 *   }
 * }
 *
 * Server server = loop.createServer(Echo::new, "127.0.0.1", 0);
 * }</pre>
 *
 * <table class="striped">
 * <caption>Main types</caption>
 * <thead><tr><th scope="col">Type</th><th scope="col">Purpose</th></tr></thead>
 * <tbody>
 * <tr><th scope="row">{@link dev.weft.transport.Protocol}</th><td>gets the data of a connection in arrays of its
 * own</td></tr>
 * <tr><th scope="row">{@link dev.weft.transport.BufferedProtocol}</th><td>brings the buffer into which data is
 * read</td></tr>
 * <tr><th scope="row">{@link dev.weft.transport.DatagramProtocol}</th><td>gets datagrams</td></tr>
 * <tr><th scope="row">{@link dev.weft.transport.SubprocessProtocol}</th><td>gets the output and the exit of a
 * child</td></tr>
 * <tr><th scope="row">{@link dev.weft.transport.Transport}</th><td>writes to a connection, pauses it and closes
 * it</td></tr>
 * <tr><th scope="row">{@link dev.weft.transport.ServerOptions}, {@link dev.weft.transport.ConnectionOptions}, {@link
 * dev.weft.transport.SslOptions}</th><td>asyncio's keyword arguments</td></tr>
 * <tr><th scope="row">{@link dev.weft.transport.SslContexts}</th><td>TLS contexts from PEM files</td></tr>
 * <tr><th scope="row">{@link dev.weft.transport.SocketErrorKind}</th><td>the kind of a socket error, as {@code
 * errno}</td></tr>
 * </tbody>
 * </table>
 *
 * <p>Nothing in this package suspends. No parameter and no result is null unless its type is {@code @Nullable}.
 */
@NullMarked
package dev.weft.transport;

import org.jspecify.annotations.NullMarked;
