package dev.weft.tls;

import dev.weft.transport.ExtraInfo;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The values that TLS adds to asyncio's {@code get_extra_info}. Loop thread only. */
final class SessionInfo {

  private final TlsSettings settings;
  private final SSLEngine engine;
  private @Nullable SSLSession session; // null until the handshake is done
  private boolean raggedEnd;

  SessionInfo(TlsSettings settings, SSLEngine engine) {
    this.settings = settings;
    this.engine = engine;
  }

  /** Takes the session of the completed handshake. */
  void begin() {
    session = engine.getSession();
  }

  /**
   * Records how the connection ended.
   *
   * @param ragged whether the peer closed the connection without close_notify
   */
  void end(boolean ragged) {
    raggedEnd = ragged;
  }

  /** Returns the value of a key; null if the key does not belong to TLS or has no value yet. */
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
