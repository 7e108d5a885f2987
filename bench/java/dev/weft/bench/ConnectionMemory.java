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
 * What an open connection that waits for its next byte takes of the server's memory: of the heap, if it is a JVM,
 * and of the process. {@code ConnectionMemory [COUNT [BUFFER [SERVER...]]]}: so many connections, the
 * bytes that a thread has a buffer of where there is one for each connection, which count, and servers of {@link
 * EchoBench}; {@code tls-} and a name for those of its TLS suite.
 */
public final class ConnectionMemory {

  static final int BUFFER = 1024;

  // not what the collector puts into gaps that it has left
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
   * @param args how many connections, 10,000 if not given; the buffer's size, 1,024 if not given; the servers,
   *     {@code threads} and {@code loopthreads} if not given
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

  /** Starts a server, and opens so many connections to it. */
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
      // a parked thread keeps its frames, and those of code that is not compiled yet are much
      // larger; and a heap that has been filled once does not make the process grow
      generator.run(server, option + "-c 64 -s 1024 -w 0 -t 3");
      generator.run(server, option + "-c 1000 -s 64 -w 0 -t 3");
      server.awaitSockets(idle); // or the first look would count them
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

  /** Bytes of the heap for each connection; empty if the server is no JVM. */
  OptionalDouble heap() {
    return server.isJvm() ? OptionalDouble.of((double) heap / count) : OptionalDouble.empty();
  }

  /** Bytes of the process, the heap included, for each connection. */
  double resident() {
    return (double) resident / count;
  }

  /** A connection on which the server has answered a message and waits again. */
  private Socket connected() throws IOException {
    Socket connection = sockets.createSocket(EchoServer.HOST, server.port());
    connection.getOutputStream().write(new byte[MESSAGE]);
    if (connection.getInputStream().readNBytes(MESSAGE).length < MESSAGE) {
      throw new IOException("the server has closed the connection");
    }
    return connection;
  }

  /** What is left on the heap after a full collection; 0 if the server is no JVM. */
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
