package dev.weft.transport;

import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A key of {@link BaseTransport#getExtraInfo}: asyncio's name and the type of the value. Any thread may use it.
 *
 * @param <T> the type of the value
 */
public final class ExtraInfo<T> {

  /** The address of the peer. */
  public static final ExtraInfo<SocketAddress> PEERNAME = new ExtraInfo<>("peername");

  /** The transport's own address. */
  public static final ExtraInfo<SocketAddress> SOCKNAME = new ExtraInfo<>("sockname");

  /** The socket: its addresses and options. */
  public static final ExtraInfo<TransportSocket> SOCKET = new ExtraInfo<>("socket");

  /** The context of TLS. */
  public static final ExtraInfo<SSLContext> SSLCONTEXT = new ExtraInfo<>("sslcontext");

  /** The peer's own certificate, after the handshake; no value if the peer has sent none. */
  public static final ExtraInfo<X509Certificate> PEERCERT = new ExtraInfo<>("peercert");

  /** The cipher suite, after the handshake. */
  public static final ExtraInfo<String> CIPHER = new ExtraInfo<>("cipher");

  /** The TLS session, after the handshake: version, certificates of both sides, server names. */
  public static final ExtraInfo<SSLSession> SSL_OBJECT = new ExtraInfo<>("ssl_object");

  /**
   * The application protocol on which the peers agreed (ALPN); no value if there is none. Python's SSL object has it.
   */
  public static final ExtraInfo<String> SELECTED_ALPN_PROTOCOL =
      new ExtraInfo<>("selected_alpn_protocol");

  /**
   * Whether a TLS peer ended the connection without a close_notify alert. An attacker may have cut off the end of its
   * data then.
   */
  public static final ExtraInfo<Boolean> RAGGED_EOF = new ExtraInfo<>("ragged_eof");

  /**
   * The pipe that a transport reads or writes: a {@code Pipe} channel if the selector watches it, a stream or a
   * {@code FileChannel} if threads move its bytes.
   */
  public static final ExtraInfo<Object> PIPE = new ExtraInfo<>("pipe");

  /** The child process. */
  public static final ExtraInfo<ProcessHandle> SUBPROCESS = new ExtraInfo<>("subprocess");

  private static final Map<String, ExtraInfo<?>> BY_NAME = Stream.of(
          PEERNAME,
          SOCKNAME,
          SOCKET,
          SSLCONTEXT,
          PEERCERT,
          CIPHER,
          SSL_OBJECT,
          SELECTED_ALPN_PROTOCOL,
          RAGGED_EOF,
          PIPE,
          SUBPROCESS)
      .collect(Collectors.toUnmodifiableMap(ExtraInfo::name, key -> key));

  private final String name;

  private ExtraInfo(String name) {
    this.name = name;
  }

  /**
   * Returns asyncio's name of the key. Never suspends. Any thread.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  static @Nullable ExtraInfo<?> named(String name) {
    return BY_NAME.get(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
