package dev.weft.transport;

import java.util.Objects;

/**
 * What {@code getnameinfo} tells of an address.
 *
 * @param host its name; the address as text if it has none, or was wanted like that
 * @param service its port as text: the JDK knows no names of services
 */
public record NameInfo(String host, String service) {

  /** Checks that nothing is null. */
  public NameInfo {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(service, "service");
  }

  /** How {@code getnameinfo} is to look for the host. */
  public enum Flag {
    /** Gives the address as text, without a name server ({@code NI_NUMERICHOST}). */
    NUMERIC_HOST,
    /** Fails if the address has no name ({@code NI_NAMEREQD}). */
    NAME_REQUIRED
  }
}
