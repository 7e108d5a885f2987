package dev.weft.tls;

import dev.weft.carrier.Daemons;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.EventLoop;
import dev.weft.transport.ClientAuth;
import dev.weft.transport.SslOptions;
import java.net.IDN;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * The checked options of a client or a server, from which it creates its engines. The factory methods reject bad
 * options before a socket is connected or bound.
 */
public final class TlsSettings {

  private static final int THREADS = Math.max(8, Runtime.getRuntime().availableProcessors());

  /** Runs the tasks that engines delegate. A task may use the network, for example to check a certificate. */
  static final ExecutorService POOL = pool();

  // a host name does not end with a number and has no colon
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private final SslOptions options;
  private final SSLContext context;
  private final boolean server;
  private final String
      host; // the name that a client expects, in ASCII; empty for a server or without verification
  private final int port; // -1 if unknown

  private TlsSettings(
      SslOptions options, SSLContext context, boolean server, String host, int port) {
    this.options = options;
    this.context = context;
    this.server = server;
    this.host = host;
    this.port = port;
  }

  private static ExecutorService pool() {
    var pool = new ThreadPoolExecutor(
        THREADS,
        THREADS,
        5,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Daemons.builder().name("weft-tls-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Creates the settings of a client. Suspends if the options have no context: then it loads the JVM's default context,
   * which reads the trust store from a file.
   *
   * @param loop the loop of the caller
   * @param options the options of the client
   * @param host the host that the client connects to; empty if it has no name
   * @param port the port that the client connects to; -1 if unknown
   * @return the settings
   * @throws IllegalArgumentException if neither {@code host} nor the options give a server name, if the name is not a
   *     valid host name, or if the options request client certificates
   */
  public static TlsSettings forClient(EventLoop loop, SslOptions options, String host, int port) {
    if (host.isEmpty() && options.serverHostname().isEmpty()) {
      throw new IllegalArgumentException(
          "serverHostname must be set for TLS without a host; \"\" disables host-name verification");
    }
    if (options.clientAuth() != ClientAuth.NONE) {
      throw new IllegalArgumentException("clientAuth is for servers only");
    }
    String name = plain(options.serverHostname().orElse(host));
    var context = options
        .context()
        .orElseGet(() ->
            ((BaseEventLoop) loop).runInPool(POOL, TlsSettings::defaultContext).await());
    var settings = new TlsSettings(options, context, false, name, port);
    settings.newEngine(); // throws if the options are not valid
    return settings;
  }

  private static SSLContext defaultContext() throws NoSuchAlgorithmException {
    return SSLContext.getDefault();
  }

  /**
   * Returns a host name in ASCII, as certificates and servers use it, without the dot at the end of an absolute name.
   * An IPv6 address loses its brackets.
   */
  private static String plain(String host) {
    if (host.startsWith("[") && host.endsWith("]")) {
      return host.substring(1, host.length() - 1);
    }
    String name = host.indexOf(':') >= 0 ? host : IDN.toASCII(host);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /**
   * Creates the settings of a server.
   *
   * @param options the options of the server
   * @return the settings
   * @throws IllegalArgumentException if the options have no context, or have a server name
   */
  public static TlsSettings forServer(SslOptions options) {
    SSLContext context = options
        .context()
        .orElseThrow(
            () -> new IllegalArgumentException("context must be set for a server's side of TLS"));
    if (options.serverHostname().isPresent()) {
      throw new IllegalArgumentException("serverHostname is for clients only");
    }
    var settings = new TlsSettings(options, context, true, "", -1);
    settings.newEngine(); // throws if the options are not valid
    return settings;
  }

  SSLEngine newEngine() {
    SSLEngine engine =
        host.isEmpty() ? context.createSSLEngine() : context.createSSLEngine(host, port);
    engine.setUseClientMode(!server);
    SSLParameters parameters = engine.getSSLParameters();
    if (!host.isEmpty()) {
      parameters.setEndpointIdentificationAlgorithm(
          "HTTPS"); // without an algorithm, an engine does not check the host name
      if (!ADDRESS.matcher(host).matches()) {
        parameters.setServerNames(List.of(new SNIHostName(host)));
      }
    }
    switch (options.clientAuth()) {
      case NONE -> {} // the default of the context, which is not to request a certificate
      case WANT -> parameters.setWantClientAuth(true);
      case NEED -> parameters.setNeedClientAuth(true);
    }
    options.parameters().accept(parameters);
    engine.setSSLParameters(parameters);
    return engine;
  }

  boolean isServer() {
    return server;
  }

  SSLContext context() {
    return context;
  }

  Duration handshakeTimeout() {
    return options.handshakeTimeout();
  }

  Duration shutdownTimeout() {
    return options.shutdownTimeout();
  }

  Executor executor() {
    return options.executor().orElse(POOL);
  }
}
