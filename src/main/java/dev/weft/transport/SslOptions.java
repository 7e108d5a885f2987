package dev.weft.transport;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * How a connection is encrypted: asyncio's {@code ssl}, {@code server_hostname}, {@code
 * ssl_handshake_timeout} and {@code ssl_shutdown_timeout}, and what Python keeps in its SSL context but Java
 * does not. Immutable.
 *
 * <p>Clients check the server's certificate and that it is for the host they connect to. {@link SslContexts}
 * makes contexts from PEM files.
 *
 * @param context keys, certificates and whom to trust ({@code ssl}); if empty ({@code ssl=True}) the JVM's
 *     default context, which trusts the JVM's certificate authorities. A server needs one of its own
 * @param parameters called for every connection, on the loop, to change the parameters of its engine: cipher
 *     suites, protocols, application protocols (ALPN), whether client certificates are wanted or needed. The
 *     host name and its check are set before
 * @param serverHostname whom the server's certificate must be for ({@code server_hostname}); if empty, the
 *     host that is connected to. An empty string switches the check off, and the certificate may be anybody's.
 *     For clients only
 * @param handshakeTimeout how long a handshake may take ({@code ssl_handshake_timeout}), more than 0
 * @param shutdownTimeout how long a close may take: to flush, to say so, and to hear the peer say so ({@code
 *     ssl_shutdown_timeout}), more than 0
 * @param executor runs the costly parts of handshakes: key agreement, signatures, and checks of certificates,
 *     which may ask the network. If empty a pool that all loops share; {@code Runnable::run} for the loop
 *     itself, which is as asyncio does it, and the only way that goes with a virtual clock
 */
public record SslOptions(
    Optional<SSLContext> context,
    Consumer<SSLParameters> parameters,
    Optional<String> serverHostname,
    Duration handshakeTimeout,
    Duration shutdownTimeout,
    Optional<Executor> executor) {

  private static final SslOptions DEFAULTS = new SslOptions(
      Optional.empty(),
      parameters -> {},
      Optional.empty(),
      Duration.ofSeconds(60),
      Duration.ofSeconds(30),
      Optional.empty());

  /** Checks that no part is null and that the timeouts are more than 0. */
  public SslOptions {
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(parameters, "parameters");
    Objects.requireNonNull(serverHostname, "serverHostname");
    checkPositive(handshakeTimeout, "handshakeTimeout");
    checkPositive(shutdownTimeout, "shutdownTimeout");
    Objects.requireNonNull(executor, "executor");
  }

  private static void checkPositive(Duration duration, String name) {
    if (Objects.requireNonNull(duration, name).isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + " must be more than 0: " + duration);
    }
  }

  /** The JVM's default context, 60 seconds for a handshake, 30 for a close: {@code ssl=True}. */
  public static SslOptions defaults() {
    return DEFAULTS;
  }

  /** The defaults with a context: {@code ssl=context}. */
  public static SslOptions of(SSLContext context) {
    return DEFAULTS.withContext(context);
  }

  /** These options with another context. */
  public SslOptions withContext(SSLContext context) {
    return new SslOptions(
        Optional.of(context),
        parameters,
        serverHostname,
        handshakeTimeout,
        shutdownTimeout,
        executor);
  }

  /** These options, with {@code change} made to the engine's parameters after those made so far. */
  public SslOptions withParameters(Consumer<? super SSLParameters> change) {
    Objects.requireNonNull(change, "change");
    return new SslOptions(
        context,
        parameters.andThen(change),
        serverHostname,
        handshakeTimeout,
        shutdownTimeout,
        executor);
  }

  /** These options, expecting a server of this name; of any name if it is an empty string. */
  public SslOptions withServerHostname(String name) {
    return new SslOptions(
        context, parameters, Optional.of(name), handshakeTimeout, shutdownTimeout, executor);
  }

  /** These options with another limit for handshakes. */
  public SslOptions withHandshakeTimeout(Duration timeout) {
    return new SslOptions(context, parameters, serverHostname, timeout, shutdownTimeout, executor);
  }

  /** These options with another limit for closing. */
  public SslOptions withShutdownTimeout(Duration timeout) {
    return new SslOptions(context, parameters, serverHostname, handshakeTimeout, timeout, executor);
  }

  /** These options with another place for the costly parts of handshakes. */
  public SslOptions withExecutor(Executor executor) {
    return new SslOptions(
        context,
        parameters,
        serverHostname,
        handshakeTimeout,
        shutdownTimeout,
        Optional.of(executor));
  }
}
