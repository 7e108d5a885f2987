package dev.weft.bench;

import dev.weft.transport.SslContexts;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/**
 * Measures the server's memory for an open connection that waits for its next byte: the memory of the process and, if
 * the server is a JVM, of the heap. Usage: {@code ConnectionMemory [COUNT [BUFFER [SERVER...]]]}. {@code COUNT} is the
 * number of connections. {@code BUFFER} is the size in bytes of each thread's buffer, for servers with a thread for
 * each connection; the figures include it. {@code SERVER} is a server of {@link EchoBench}, or {@code tls-} and the
 * name of a server of its TLS suite.
 */
public final class ConnectionMemory {

  static final int BUFFER = 1024;

  // excludes the objects with which the collector fills gaps
  private static final Pattern OBJECTS =
      Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) +(?!\\S*jdk\\.internal\\.vm\\.Filler)");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
  private static final int MESSAGE = 64;
  private static final String TLS = "tls-";
  private static final Path AUTHORITY = TlsServer.CERTIFICATE.resolveSibling("ca.pem");

  private final ServerProcess server;
  private final int count;
  private final SocketFactory sockets;
  private long heap; // of all connections
  private long resident;

  private ConnectionMemory(ServerProcess server, int count, SocketFactory sockets) {
    this.server = server;
    this.count = count;
    this.sockets = sockets;
  }

  /**
   * Measures and prints.
   *
   * @param args the number of connections, 10,000 by default; the buffer's size in bytes, 1,024 by default; the
   *     servers, {@code threads} and {@code loopthreads} by default
   */
  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    int buffer = args.length > 1 ? Integer.parseInt(args[1]) : BUFFER;
    List<String> names =
        args.length > 2 ? List.of(args).subList(2, args.length) : List.of("threads", "loopthreads");
    System.out.printf(
        "%n| %,d connections, threads have a buffer of %,d bytes | bytes of heap each | of the process |%n"
            + "|---|---|---|%n",
        count, buffer);
    for (String name : names) {
      ConnectionMemory memory = measure(name, count, buffer);
      OptionalDouble heap = memory.heap();
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %,.0f |%n",
          name,
          heap.isPresent() ? String.format(Locale.ROOT, "%,.0f", heap.getAsDouble()) : "-",
          memory.resident());
    }
  }

  /** Starts a server, opens {@code count} connections to it, and measures. */
  static ConnectionMemory measure(String name, int count, int buffer)
      throws IOException, InterruptedException {
    boolean tls = name.startsWith(TLS);
    SocketFactory sockets = tls ? encrypted() : SocketFactory.getDefault();
    Suite suite = tls ? Suite.TLS : Suite.TCP;
    String form = tls ? name.substring(TLS.length()) : name;
    String option = tls ? "-T " : "";
    LoadGenerator generator = LoadGenerator.compile(tls);
    try (ServerProcess server = ServerProcess.start(suite, form, null, "" + buffer)) {
      long idle = server.sockets();
      // A parked thread keeps its frames. Frames of interpreted code are much larger, so the code
      // must be compiled first. The load also fills the heap once, so the process grows no more.
      generator.run(server, option + "-c 64 -s 1024 -w 0 -t 3");
      generator.run(server, option + "-c 1000 -s 64 -w 0 -t 3");
      server.awaitSockets(idle); // otherwise the first measurement would include them
      var memory = new ConnectionMemory(server, count, sockets);
      memory.measure();
      return memory;
    }
  }

  private static SocketFactory encrypted() throws IOException {
    try {
      return SslContexts.client(AUTHORITY).getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use " + AUTHORITY, e);
    }
  }

  private void measure() throws IOException, InterruptedException {
    var connections = new ArrayList<Socket>();
    try {
      heap = -liveBytes();
      resident = -residentBytes();
      for (int i = 0; i < count; i++) {
        connections.add(connected());
      }
      resident += residentBytes();
      heap += liveBytes();
    } finally {
      for (Socket connection : connections) {
        connection.close();
      }
    }
  }

  /** Bytes of heap for each connection; empty if the server is not a JVM. */
  OptionalDouble heap() {
    return server.isJvm() ? OptionalDouble.of((double) heap / count) : OptionalDouble.empty();
  }

  /** Bytes of the process for each connection, including the heap. */
  double resident() {
    return (double) resident / count;
  }

  /** Opens a connection on which the server has answered one message and waits for the next. */
  private Socket connected() throws IOException {
    Socket connection = sockets.createSocket(EchoServer.HOST, server.port());
    connection.getOutputStream().write(new byte[MESSAGE]);
    if (connection.getInputStream().readNBytes(MESSAGE).length < MESSAGE) {
      throw new IOException("the server closed the connection");
    }
    return connection;
  }

  /** Bytes in use on the heap after a full collection; 0 if the server is not a JVM. */
  private long liveBytes() throws IOException, InterruptedException {
    if (!server.isJvm()) {
      return 0;
    }
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String histogram =
        Programs.output(List.of(jcmd, Long.toString(server.pid()), "GC.class_histogram"));
    return OBJECTS
        .matcher(histogram)
        .results()
        .mapToLong(row -> Long.parseLong(row.group(1)))
        .sum();
  }

  private long residentBytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(server.pid()), "status");
    Matcher matcher = RESIDENT.matcher(Files.readString(status));
    if (!matcher.find()) {
      throw new IOException("no resident size in " + status);
    }
    return Long.parseLong(matcher.group(1)) * 1024;
  }
}
