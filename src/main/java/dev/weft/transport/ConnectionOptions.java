package dev.weft.transport;

import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;

/**
 * The optional parts of {@code createConnection}. Immutable.
 *
 * <pre>{@code
 * ConnectionOptions options = ConnectionOptions.defaults()
 *     .withSsl(SslOptions.defaults())
 *     .withHappyEyeballsDelay(Duration.ofMillis(250));
 * Connection connection = openConnection("example.org", 443, StreamReader.DEFAULT_LIMIT, options);
 * }</pre>
 */
public final class ConnectionOptions {

  private static final ConnectionOptions DEFAULTS = new ConnectionOptions(
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      OptionalInt.empty(),
      false,
      Optional.empty());

  private final Optional<StandardProtocolFamily> family;
  private final Optional<InetSocketAddress> localAddr;
  private final Optional<Duration> happyEyeballsDelay;
  private final OptionalInt interleave;
  private final boolean allErrors;
  private final Optional<SslOptions> ssl;

  private ConnectionOptions(
      Optional<StandardProtocolFamily> family,
      Optional<InetSocketAddress> localAddr,
      Optional<Duration> happyEyeballsDelay,
      OptionalInt interleave,
      boolean allErrors,
      Optional<SslOptions> ssl) {
    Families.check(family);
    Objects.requireNonNull(localAddr, "localAddr");
    Objects.requireNonNull(happyEyeballsDelay, "happyEyeballsDelay");
    if (happyEyeballsDelay.isPresent() && happyEyeballsDelay.get().isNegative()) {
      throw new IllegalArgumentException(
          "happyEyeballsDelay must not be negative: " + happyEyeballsDelay.get());
    }
    Objects.requireNonNull(interleave, "interleave");
    if (interleave.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "interleave must not be negative: " + interleave.getAsInt());
    }
    Objects.requireNonNull(ssl, "ssl");
    this.family = family;
    this.localAddr = localAddr;
    this.happyEyeballsDelay = happyEyeballsDelay;
    this.interleave = interleave;
    this.allErrors = allErrors;
    this.ssl = ssl;
  }

  /**
   * Returns the default options: from any local address, to one address after the other, without TLS. Never suspends.
   * Any thread.
   *
   * @return the default options
   */
  public static ConnectionOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options for addresses of one family. Never suspends. Any thread.
   *
   * @param family INET or INET6
   * @return new options
   * @throws IllegalArgumentException if {@code family} is neither INET nor INET6
   */
  public ConnectionOptions withFamily(StandardProtocolFamily family) {
    return new ConnectionOptions(
        Optional.of(family), localAddr, happyEyeballsDelay, interleave, allErrors, ssl);
  }

  /**
   * Returns these options with a local address. Never suspends. Any thread.
   *
   * @param address the address to connect from
   * @return new options
   */
  public ConnectionOptions withLocalAddr(InetSocketAddress address) {
    return new ConnectionOptions(
        family, Optional.of(address), happyEyeballsDelay, interleave, allErrors, ssl);
  }

  /**
   * Returns these options with a delay after which the next address is tried in parallel. Never suspends. Any thread.
   *
   * @param delay the delay, not negative
   * @return new options
   * @throws IllegalArgumentException if {@code delay} is negative
   */
  public ConnectionOptions withHappyEyeballsDelay(Duration delay) {
    return new ConnectionOptions(family, localAddr, Optional.of(delay), interleave, allErrors, ssl);
  }

  /**
   * Returns these options with {@code interleave} set. Never suspends. Any thread.
   *
   * @param interleave how many addresses of the first address's family come first, 0 or more
   * @return new options
   * @throws IllegalArgumentException if {@code interleave} is negative
   */
  public ConnectionOptions withInterleave(int interleave) {
    return new ConnectionOptions(
        family, localAddr, happyEyeballsDelay, OptionalInt.of(interleave), allErrors, ssl);
  }

  /**
   * Returns these options with {@code allErrors} set. Never suspends. Any thread.
   *
   * @param allErrors whether the errors of several addresses are thrown as a group
   * @return new options
   */
  public ConnectionOptions withAllErrors(boolean allErrors) {
    return new ConnectionOptions(family, localAddr, happyEyeballsDelay, interleave, allErrors, ssl);
  }

  /**
   * Returns these options with TLS, with a context and the other defaults of {@link SslOptions}. Never suspends. Any
   * thread.
   *
   * @param context the keys, certificates and trusted authorities
   * @return new options
   */
  public ConnectionOptions withSsl(SSLContext context) {
    return withSsl(SslOptions.of(context));
  }

  /**
   * Returns these options with TLS. Never suspends. Any thread.
   *
   * @param ssl how to encrypt the connection
   * @return new options
   */
  public ConnectionOptions withSsl(SslOptions ssl) {
    return new ConnectionOptions(
        family, localAddr, happyEyeballsDelay, interleave, allErrors, Optional.of(ssl));
  }

  // ---- the options

  /** {@return the family of the addresses to connect to ({@code family}); any if empty} Never suspends. Any thread. */
  public Optional<StandardProtocolFamily> family() {
    return family;
  }

  /** {@return the local address ({@code local_addr}), which the loop resolves if necessary; any address and port if empty} Never suspends. Any thread. */
  public Optional<InetSocketAddress> localAddr() {
    return localAddr;
  }

  /** {@return the time without an answer after which the next address is tried in parallel ({@code happy_eyeballs_delay}; RFC 8305 recommends 250 ms); if empty, the next address is tried when the one before has failed} Never suspends. Any thread. */
  public Optional<Duration> happyEyeballsDelay() {
    return happyEyeballsDelay;
  }

  /** {@return how many addresses of the first address's family come first, before the families alternate ({@code interleave}); 0 keeps the resolver's order; if empty, 1 with {@code happyEyeballsDelay} and 0 without} Never suspends. Any thread. */
  public OptionalInt interleave() {
    return interleave;
  }

  /** {@return whether the errors of several addresses are thrown as a group ({@code all_errors}), and not as one error that names them} Never suspends. Any thread. */
  public boolean allErrors() {
    return allErrors;
  }

  /** {@return how to encrypt the connection ({@code ssl}); plain if empty} Never suspends. Any thread. */
  public Optional<SslOptions> ssl() {
    return ssl;
  }
}
