package dev.weft.transport;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * The optional parts of {@code createConnection}. Immutable.
 *
 * @param localAddr where to connect from ({@code local_addr}), resolved by the loop if it is not yet;
 *     any address and port if empty
 * @param allErrors whether failing to connect to several addresses throws all their errors as a group
 *     ({@code all_errors}), not just one that names them
 */
public record ConnectionOptions(Optional<InetSocketAddress> localAddr, boolean allErrors) {

  private static final ConnectionOptions DEFAULTS = new ConnectionOptions(Optional.empty(), false);

  /** Checks that no part is null. */
  public ConnectionOptions {
    Objects.requireNonNull(localAddr, "localAddr");
  }

  /** From anywhere. */
  public static ConnectionOptions defaults() {
    return DEFAULTS;
  }

  /** These options, connecting from {@code address}. */
  public ConnectionOptions withLocalAddr(InetSocketAddress address) {
    return new ConnectionOptions(Optional.of(address), allErrors);
  }

  /** These options, with {@code allErrors} set. */
  public ConnectionOptions withAllErrors(boolean allErrors) {
    return new ConnectionOptions(localAddr, allErrors);
  }
}
