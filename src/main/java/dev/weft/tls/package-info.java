/**
 * TLS over any transport, with an {@code SSLEngine}. The package is not exported. Programs use {@code SslOptions} and
 * {@code SslContexts} of {@code dev.weft.transport}.
 *
 * <p>{@link dev.weft.tls.TlsProtocol} is the protocol of the transport below. It gives the application a transport, as
 * asyncio's {@code sslproto} does. Received bytes pass {@link dev.weft.tls.TlsProtocol#bufferUpdated}, {@code
 * Incoming} and {@code Decryption} on their way to the application's protocol. Written bytes pass {@code
 * TlsTransport.write} and {@code Encryption} on their way to the transport below. Only the loop's thread uses the
 * state. While an executor runs a task that the engine delegates, the loop does not touch the engine.
 */
package dev.weft.tls;
