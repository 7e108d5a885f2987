/**
 * TLS: a protocol and a transport between an application's protocol and any transport, as asyncio's {@code
 * sslproto}. A byte's way in: {@link dev.weft.tls.TlsProtocol#bufferUpdated} → {@code Incoming} →
 * {@code Decryption} → the application's protocol; its way out: {@code TlsTransport#write} →
 * {@code Encryption} → the transport below.
 */
package dev.weft.tls;
