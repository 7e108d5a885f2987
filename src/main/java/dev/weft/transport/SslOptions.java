package dev.weft.transport;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * How a connection is encrypted: asyncio's {@code ssl}, {@code server_hostname}, {@code ssl_handshake_timeout} and
 * {@code ssl_shutdown_timeout}, and settings that are in Python's SSL context but not in Java's. Immutable.
 *
 * <pre>{@code
 * SslOptions tls = SslOptions.of(SslContexts.client(Path.of("authorities.pem")))
 *     .withHandshakeTimeout(Duration.ofSeconds(10));
 * Connection connection = openConnection(
 *     "example.org", 443, StreamReader.DEFAULT_LIMIT, ConnectionOptions.defaults().withSsl(tls));
 * }</pre>
 *
 * <p>A client checks the server's certificate, and that the certificate is for the host to which it connects. A server
 * asks for certificates as {@code clientAuth} says. {@link SslContexts} creates contexts from PEM files. The method
 * that connects or serves throws an {@code IllegalArgumentException} if the options have a part that is only for the
 * other side, if a client has no host name, or if a server has no context.
 */
public final class SslOptions {

  private static final SslOptions DEFAULTS = new SslOptions(
      Optional.empty(),
      parameters -> {},
      Optional.empty(),
      ClientAuth.NONE,
      Duration.ofSeconds(60),
      Duration.ofSeconds(30),
      Optional.empty());

  private final Optional<SSLContext> context;
  private final Consumer<SSLParameters> parameters;
  private final Optional<String> serverHostname;
  private final ClientAuth clientAuth;
  private final Duration handshakeTimeout;
  private final Duration shutdownTimeout;
  private final Optional<Executor> executor;

  private SslOptions(
      Optional<SSLContext> context,
      Consumer<SSLParameters> parameters,
      Optional<String> serverHostname,
      ClientAuth clientAuth,
      Duration handshakeTimeout,
      Duration shutdownTimeout,
      Optional<Executor> executor) {
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(parameters, "parameters");
    Objects.requireNonNull(serverHostname, "serverHostname");
    Objects.requireNonNull(clientAuth, "clientAuth");
    checkPositive(handshakeTimeout, "handshakeTimeout");
    checkPositive(shutdownTimeout, "shutdownTimeout");
    Objects.requireNonNull(executor, "executor");
    this.context = context;
    this.parameters = parameters;
    this.serverHostname = serverHostname;
    this.clientAuth = clientAuth;
    this.handshakeTimeout = handshakeTimeout;
    this.shutdownTimeout = shutdownTimeout;
    this.executor = executor;
  }

  private static void checkPositive(Duration duration, String name) {
    if (Objects.requireNonNull(duration, name).isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + " must be more than 0: " + duration);
    }
  }

  /**
   * Returns the default options ({@code ssl=True}): the JVM's default context, 60 s for a handshake, 30 s for a close.
   * Never suspends. Any thread.
   *
   * @return the default options
   */
  public static SslOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns the default options with a context ({@code ssl=context}). Never suspends. Any thread.
   *
   * @param context the keys, certificates and trusted authorities
   * @return new options
   */
  public static SslOptions of(SSLContext context) {
    return DEFAULTS.withContext(context);
  }

  /**
   * Returns these options with a context. Never suspends. Any thread.
   *
   * @param context the keys, certificates and trusted authorities
   * @return new options
   */
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

  /**
   * Returns these options with one more change of the engine's parameters. Never suspends. Any thread.
   *
   * @param change changes the parameters, after the changes of these options
   * @return new options
   */
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

  /**
   * Returns these options with the server's host name. For clients only. Never suspends. Any thread.
   *
   * @param name the host name for which the certificate must be; an empty string disables the check, which is unsafe
   * @return new options
   */
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

  /**
   * Returns these options with {@code clientAuth} set. For servers only. Never suspends. Any thread.
   *
   * @param auth whether the server asks its clients for certificates
   * @return new options
   */
  public SslOptions withClientAuth(ClientAuth auth) {
    return new SslOptions(
        context, parameters, serverHostname, auth, handshakeTimeout, shutdownTimeout, executor);
  }

  /**
   * Returns these options with a limit for handshakes. Never suspends. Any thread.
   *
   * @param timeout how long a handshake may take, more than 0
   * @return new options
   * @throws IllegalArgumentException if {@code timeout} is not more than 0
   */
  public SslOptions withHandshakeTimeout(Duration timeout) {
    return new SslOptions(
        context, parameters, serverHostname, clientAuth, timeout, shutdownTimeout, executor);
  }

  /**
   * Returns these options with a limit for closing. Never suspends. Any thread.
   *
   * @param timeout how long a close may take, more than 0
   * @return new options
   * @throws IllegalArgumentException if {@code timeout} is not more than 0
   */
  public SslOptions withShutdownTimeout(Duration timeout) {
    return new SslOptions(
        context, parameters, serverHostname, clientAuth, handshakeTimeout, timeout, executor);
  }

  /**
   * Returns these options with an executor for the costly parts of handshakes. Never suspends. Any thread.
   *
   * @param executor runs them; {@code Runnable::run} for the loop itself
   * @return new options
   */
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

  // ---- the options

  /** {@return the keys, certificates and trusted authorities ({@code ssl}); if empty ({@code ssl=True}), the JVM's default context, which trusts the JVM's certificate authorities} A server needs a context. Never suspends. Any thread. */
  public Optional<SSLContext> context() {
    return context;
  }

  /** {@return the code that changes the parameters of a connection's engine: cipher suites, protocols, application protocols (ALPN)} The loop calls it for each connection, after it has set the host name, its check and {@code clientAuth}. Never suspends. Any thread. */
  public Consumer<SSLParameters> parameters() {
    return parameters;
  }

  /** {@return the host name for which the server's certificate must be ({@code server_hostname}); if empty, the host to which the client connects} An empty string disables the check of the host name, which is unsafe. For clients only. Never suspends. Any thread. */
  public Optional<String> serverHostname() {
    return serverHostname;
  }

  /** {@return whether a server asks its clients for certificates ({@code SSLContext.verify_mode}); its context has the authorities that it trusts} For servers only. Never suspends. Any thread. */
  public ClientAuth clientAuth() {
    return clientAuth;
  }

  /** {@return how long a handshake may take ({@code ssl_handshake_timeout}), more than 0} Never suspends. Any thread. */
  public Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  /** {@return how long a close may take: to send what is buffered, to send the end of data, and to receive the peer's end of data ({@code ssl_shutdown_timeout}), more than 0} Never suspends. Any thread. */
  public Duration shutdownTimeout() {
    return shutdownTimeout;
  }

  /** {@return what runs the costly parts of handshakes: key agreement, signatures, and checks of certificates, which may use the network} If empty, a pool that all loops share; {@code Runnable::run} runs them on the loop, as asyncio does, and only this works with a virtual clock. Never suspends. Any thread. */
  public Optional<Executor> executor() {
    return executor;
  }
}
