package dev.weft.testkit;

import dev.weft.transport.SslContexts;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/** The certificates in the folder {@code tls}, whose script describes them, and contexts with them. */
public final class Certificates {

  private Certificates() {}

  /** A file of the folder. */
  public static Path file(String name) {
    try {
      return Path.of(Certificates.class.getResource("/tls/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * A server's context with the certificate {@code name}. It trusts client certificates of the root, but does not
   * request them.
   */
  public static SSLContext server(String name) {
    return asking(name).context().orElseThrow();
  }

  /** A server's options with the certificate {@code name}, which require client certificates of the root. */
  public static SslOptions asking(String name) {
    return made(() -> SslContexts.server(file(name + ".pem"), file(name + ".key"), file("ca.pem")));
  }

  /** A client's context that trusts the root. */
  public static SSLContext client() {
    return made(() -> SslContexts.client(file("ca.pem")));
  }

  /** A client's context that trusts the root and has a certificate. */
  public static SSLContext clientWithCertificate() {
    return made(() -> SslContexts.client(file("ca.pem"), file("client.pem"), file("client.key")));
  }

  private interface Maker<T> {
    T make() throws IOException, GeneralSecurityException;
  }

  private static <T> T made(Maker<T> maker) {
    try {
      return maker.make();
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
