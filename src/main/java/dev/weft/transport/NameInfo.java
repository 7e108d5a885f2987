package dev.weft.transport;

import java.util.Objects;

/**
 * The result of {@code getnameinfo}. Immutable. Any thread.
 *
 * @param host the name of the address; the address as text if it has no name, or if the flags require that
 * @param service the port as text, because the JDK has no names of services
 */
public record NameInfo(String host, String service) {

  /** Checks that nothing is null. */
  public NameInfo {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(service, "service");
  }

  /** How {@code getnameinfo} looks up the host. */
  public enum Flag {
    /** It returns the address as text and asks no name server ({@code NI_NUMERICHOST}). */
    NUMERIC_HOST,
    /** It fails if the address has no name ({@code NI_NAMEREQD}). */
    NAME_REQUIRED
  }
}
