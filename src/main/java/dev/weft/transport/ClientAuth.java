package dev.weft.transport;

/** Whether a server asks its clients for certificates: the server's part of Python's {@code verify_mode}. */
public enum ClientAuth {

  /** The server does not ask: {@code CERT_NONE}. Every client may connect. */
  NONE,

  /**
   * The server asks, and checks the certificate that it gets: {@code CERT_OPTIONAL}. It admits a client without a
   * certificate, for which there is no {@link ExtraInfo#PEERCERT}.
   */
  WANT,

  /** The server asks, and refuses a client without a certificate that it trusts: {@code CERT_REQUIRED}. */
  NEED
}
