package dev.weft.it.endure;

import dev.weft.testkit.Certificates;
import javax.net.ssl.SSLContext;

/** The TLS contexts of all peers. They remember few sessions; otherwise their memory would look like a leak. */
final class Tls {

  static final SSLContext CLIENT = Certificates.client();
  static final SSLContext SERVER = Certificates.server("server");

  private static final int SESSIONS = 100;

  static {
    for (SSLContext each : new SSLContext[] {CLIENT, SERVER}) {
      each.getClientSessionContext().setSessionCacheSize(SESSIONS);
      each.getServerSessionContext().setSessionCacheSize(SESSIONS);
    }
  }

  private Tls() {}

  /** Creates them, which takes too long for a turn of the loop. */
  static void prepare() {}
}
