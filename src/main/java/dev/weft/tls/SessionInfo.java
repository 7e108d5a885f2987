package dev.weft.tls;

import dev.weft.transport.ExtraInfo;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What a connection can say of its encryption: TLS's part of {@code get_extra_info}. Loop thread only. */
final class SessionInfo {

  private final TlsSettings settings;
  private final SSLEngine engine;
  private @Nullable SSLSession session; // null until the handshake is done
  private boolean raggedEnd;

  SessionInfo(TlsSettings settings, SSLEngine engine) {
    this.settings = settings;
    this.engine = engine;
  }

  /** The handshake is done. */
  void begin() {
    session = engine.getSession();
  }

  /**
   * The connection is at its end.
   *
   * @param ragged whether the peer has not said that it sends no more
   */
  void end(boolean ragged) {
    raggedEnd = ragged;
  }

  /** The value of a key; null if it is not of TLS, or not known yet. */
  @Nullable
  Object get(ExtraInfo<?> key) {
    if (key == ExtraInfo.SSLCONTEXT) {
      return settings.context();
    }
    if (session == null) {
      return null;
    }
    if (key == ExtraInfo.SSL_OBJECT) {
      return session;
    }
    if (key == ExtraInfo.CIPHER) {
      return session.getCipherSuite();
    }
    if (key == ExtraInfo.PEERCERT) {
      return peerCertificate(session);
    }
    if (key == ExtraInfo.SELECTED_ALPN_PROTOCOL) {
      String selected = engine.getApplicationProtocol();
      return selected == null || selected.isEmpty() ? null : selected;
    }
    return key == ExtraInfo.RAGGED_EOF ? (Object) raggedEnd : null;
  }

  private @Nullable X509Certificate peerCertificate(SSLSession session) {
    try {
      return (X509Certificate) session.getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }
}
