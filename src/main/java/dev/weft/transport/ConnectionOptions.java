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
 * @param family connects to addresses of this family only ({@code family}); of any if empty
 * @param localAddr where to connect from ({@code local_addr}), resolved by the loop if it is not yet;
 *     any address and port if empty
 * @param happyEyeballsDelay after how long without an answer the next address is tried beside the one
 *     before ({@code happy_eyeballs_delay}; RFC 8305 recommends 250 ms); if empty, one is tried after
 *     the other has failed
 * @param interleave how many addresses of the first one's family come first, before the families
 *     alternate ({@code interleave}); 0 leaves the addresses in the resolver's order. If empty it is 1
 *     with {@code happyEyeballsDelay} and 0 without
 * @param allErrors whether failing to connect to several addresses throws all their errors as a group
 *     ({@code all_errors}), not just one that names them
 * @param ssl how to encrypt the connection ({@code ssl}); not at all if empty
 */
public record ConnectionOptions(
    Optional<StandardProtocolFamily> family,
    Optional<InetSocketAddress> localAddr,
    Optional<Duration> happyEyeballsDelay,
    OptionalInt interleave,
    boolean allErrors,
    Optional<SslOptions> ssl) {

  private static final ConnectionOptions DEFAULTS = new ConnectionOptions(
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      OptionalInt.empty(),
      false,
      Optional.empty());

  /** Checks that no part is null, negative or of another kind than TCP's. */
  public ConnectionOptions {
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
  }

  /** From anywhere, to one address after the other. */
  public static ConnectionOptions defaults() {
    return DEFAULTS;
  }

  /** These options, connecting to addresses of {@code family} only. */
  public ConnectionOptions withFamily(StandardProtocolFamily family) {
    return new ConnectionOptions(
        Optional.of(family), localAddr, happyEyeballsDelay, interleave, allErrors, ssl);
  }

  /** These options, connecting from {@code address}. */
  public ConnectionOptions withLocalAddr(InetSocketAddress address) {
    return new ConnectionOptions(
        family, Optional.of(address), happyEyeballsDelay, interleave, allErrors, ssl);
  }

  /** These options, trying the next address after {@code delay}. */
  public ConnectionOptions withHappyEyeballsDelay(Duration delay) {
    return new ConnectionOptions(family, localAddr, Optional.of(delay), interleave, allErrors, ssl);
  }

  /** These options with {@code interleave} set. */
  public ConnectionOptions withInterleave(int interleave) {
    return new ConnectionOptions(
        family, localAddr, happyEyeballsDelay, OptionalInt.of(interleave), allErrors, ssl);
  }

  /** These options, with {@code allErrors} set. */
  public ConnectionOptions withAllErrors(boolean allErrors) {
    return new ConnectionOptions(family, localAddr, happyEyeballsDelay, interleave, allErrors, ssl);
  }

  /** These options, encrypting the connection with a context and default {@link SslOptions}. */
  public ConnectionOptions withSsl(SSLContext context) {
    return withSsl(SslOptions.of(context));
  }

  /** These options, encrypting the connection. */
  public ConnectionOptions withSsl(SslOptions ssl) {
    return new ConnectionOptions(
        family, localAddr, happyEyeballsDelay, interleave, allErrors, Optional.of(ssl));
  }
}
