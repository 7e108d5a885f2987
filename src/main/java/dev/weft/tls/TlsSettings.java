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
 * What the engines of a client or a server are made with. Whatever is wrong with the options is found out
 * here, before anything is connected or bound.
 */
public final class TlsSettings {

  private static final int THREADS = Math.max(8, Runtime.getRuntime().availableProcessors());

  /** Runs what engines delegate, which may ask the network about certificates. */
  static final ExecutorService POOL = pool();

  // no name ends with a number or has a colon
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private final SslOptions options;
  private final SSLContext context;
  private final boolean server;
  private final String host; // whom a client expects, in ASCII; empty for anybody
  private final int port; // -1 if it is not known

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
   * For a client. Suspends if the JVM's default context is asked for: its trust store is a file.
   *
   * @param host whom it connects to; empty if that has no name
   * @throws IllegalArgumentException if nobody says whom the certificate must be for, its name cannot be one, or the
   *     options ask for clients' certificates
   */
  public static TlsSettings forClient(EventLoop loop, SslOptions options, String host, int port) {
    if (host.isEmpty() && options.serverHostname().isEmpty()) {
      throw new IllegalArgumentException(
          "serverHostname must be set for TLS without a host; \"\" trusts any");
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
    settings.newEngine(); // or throw
    return settings;
  }

  private static SSLContext defaultContext() throws NoSuchAlgorithmException {
    return SSLContext.getDefault();
  }

  /**
   * A name in ASCII, as certificates and servers have it, without the dot at the end of an absolute one; an IPv6 address
   * without its brackets.
   */
  private static String plain(String host) {
    if (host.startsWith("[") && host.endsWith("]")) {
      return host.substring(1, host.length() - 1);
    }
    String name = host.indexOf(':') >= 0 ? host : IDN.toASCII(host);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /**
   * For a server.
   *
   * @throws IllegalArgumentException if there is no context, or a name to expect
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
    settings.newEngine(); // or throw
    return settings;
  }

  SSLEngine newEngine() {
    SSLEngine engine =
        host.isEmpty() ? context.createSSLEngine() : context.createSSLEngine(host, port);
    engine.setUseClientMode(!server);
    SSLParameters parameters = engine.getSSLParameters();
    if (!host.isEmpty()) {
      parameters.setEndpointIdentificationAlgorithm(
          "HTTPS"); // engines check no names by themselves
      if (!ADDRESS.matcher(host).matches()) {
        parameters.setServerNames(List.of(new SNIHostName(host)));
      }
    }
    switch (options.clientAuth()) {
      case NONE -> {} // as the context has it, which is not to ask
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
