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
 * <p>Clients check the server's certificate and that it is for the host they connect to. Servers ask for
 * certificates if {@code clientAuth} says so. {@link SslContexts} makes contexts from PEM files.
 *
 * @param context keys, certificates and whom to trust ({@code ssl}); if empty ({@code ssl=True}) the JVM's
 *     default context, which trusts the JVM's certificate authorities. A server needs one of its own
 * @param parameters called for every connection, on the loop, to change the parameters of its engine: cipher
 *     suites, protocols, application protocols (ALPN). The host name, its check and {@code clientAuth} are set
 *     before
 * @param serverHostname whom the server's certificate must be for ({@code server_hostname}); if empty, the
 *     host that is connected to. An empty string disables the check of the host name, which is unsafe.
 *     For clients only
 * @param clientAuth whether a server asks its clients for certificates ({@code SSLContext.verify_mode}); whom it
 *     trusts then is in its context. For servers only
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
    ClientAuth clientAuth,
    Duration handshakeTimeout,
    Duration shutdownTimeout,
    Optional<Executor> executor) {

  private static final SslOptions DEFAULTS = new SslOptions(
      Optional.empty(),
      parameters -> {},
      Optional.empty(),
      ClientAuth.NONE,
      Duration.ofSeconds(60),
      Duration.ofSeconds(30),
      Optional.empty());

  /** Checks that no part is null and that the timeouts are more than 0. */
  public SslOptions {
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(parameters, "parameters");
    Objects.requireNonNull(serverHostname, "serverHostname");
    Objects.requireNonNull(clientAuth, "clientAuth");
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
        clientAuth,
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
        clientAuth,
        handshakeTimeout,
        shutdownTimeout,
        executor);
  }

  /** These options, expecting a server of this name; of any name if it is an empty string. */
  public SslOptions withServerHostname(String name) {
    return new SslOptions(
        context,
        parameters,
        Optional.of(name),
        clientAuth,
        handshakeTimeout,
        shutdownTimeout,
        executor);
  }

  /** These options, asking clients for certificates or not. For servers only. */
  public SslOptions withClientAuth(ClientAuth auth) {
    return new SslOptions(
        context, parameters, serverHostname, auth, handshakeTimeout, shutdownTimeout, executor);
  }

  /** These options with another limit for handshakes. */
  public SslOptions withHandshakeTimeout(Duration timeout) {
    return new SslOptions(
        context, parameters, serverHostname, clientAuth, timeout, shutdownTimeout, executor);
  }

  /** These options with another limit for closing. */
  public SslOptions withShutdownTimeout(Duration timeout) {
    return new SslOptions(
        context, parameters, serverHostname, clientAuth, handshakeTimeout, timeout, executor);
  }

  /** These options with another place for the costly parts of handshakes. */
  public SslOptions withExecutor(Executor executor) {
    return new SslOptions(
        context,
        parameters,
        serverHostname,
        clientAuth,
        handshakeTimeout,
        shutdownTimeout,
        Optional.of(executor));
  }
}
