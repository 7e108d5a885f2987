/**
 * TLS over any transport, with an {@code SSLEngine}. Not exported: programs use {@code SslOptions} and {@code
 * SslContexts} of {@code dev.weft.transport}.
 *
 * <p>{@link dev.weft.tls.TlsProtocol} is a protocol to the transport below and gives the application a transport, as
 * asyncio's {@code sslproto}. Received bytes go through {@link dev.weft.tls.TlsProtocol#bufferUpdated}, {@code
 * Incoming} and {@code Decryption} to the application's protocol. Written bytes go through {@code TlsTransport.write}
 * and {@code Encryption} to the transport below. The state belongs to the loop's thread. While an executor runs a task
 * that the engine delegates, the loop does not touch the engine.
 */
package dev.weft.tls;
