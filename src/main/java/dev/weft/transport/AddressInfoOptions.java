package dev.weft.transport;

import java.net.StandardProtocolFamily;
import java.util.Optional;

/**
 * The optional parts of {@code getaddrinfo}. Immutable.
 */
public final class AddressInfoOptions {

  private static final AddressInfoOptions DEFAULTS =
      new AddressInfoOptions(Optional.empty(), false);

  private final Optional<StandardProtocolFamily> family;
  private final boolean numericHost;

  private AddressInfoOptions(Optional<StandardProtocolFamily> family, boolean numericHost) {
    Families.check(family);
    this.family = family;
    this.numericHost = numericHost;
  }

  /**
   * Returns the default options: names and addresses, of any family. Never suspends. Any thread.
   *
   * @return the default options
   */
  public static AddressInfoOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options for addresses of one family. Never suspends. Any thread.
   *
   * @param family INET or INET6
   * @return new options
   * @throws IllegalArgumentException if {@code family} is neither INET nor INET6
   */
  public AddressInfoOptions withFamily(StandardProtocolFamily family) {
    return new AddressInfoOptions(Optional.of(family), numericHost);
  }

  /**
   * Returns these options with {@code numericHost} set. Never suspends. Any thread.
   *
   * @param numericHost whether the host must be an address, so that no name server is asked
   * @return new options
   */
  public AddressInfoOptions withNumericHost(boolean numericHost) {
    return new AddressInfoOptions(family, numericHost);
  }

  // ---- the options

  /** {@return the family of the addresses ({@code family}); any if empty} Never suspends. Any thread. */
  public Optional<StandardProtocolFamily> family() {
    return family;
  }

  /** {@return whether the host must be an address, so that no name server is asked ({@code AI_NUMERICHOST})} Never suspends. Any thread. */
  public boolean numericHost() {
    return numericHost;
  }
}
