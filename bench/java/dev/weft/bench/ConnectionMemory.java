package dev.weft.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an open connection takes of the server's heap while a thread waits for its next byte: {@link
 * ThreadEcho} on Weft and on the JDK's own threads and sockets. {@code ConnectionMemory [COUNT [BUFFER]]}: so
 * many connections, and bytes that each thread has a buffer of, which count.
 */
public final class ConnectionMemory {

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
  private static final int MESSAGE = 64;

  private ConnectionMemory() {}

  /**
   * Measures and prints.
   *
   * @param args how many connections, 10,000 if not given; the buffer's size, 1,024 if not given
   */
  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    String buffer = args.length > 1 ? args[1] : "1024";
    LoadGenerator generator = LoadGenerator.compile(false);
    System.out.printf(
        "%n| %,d connections, each with a buffer of %s bytes | bytes of heap each |%n|---|---|%n",
        count, buffer);
    for (String form : List.of("threads", "loopthreads")) {
      try (ServerProcess server = ServerProcess.start(Suite.TCP, form, null, buffer)) {
        // a parked thread keeps its frames, and those of code that is not compiled yet are much
        // larger
        generator.run(server, "-c 64 -s 1024 -w 0 -t 3");
        generator.run(server, "-c 1000 -s 64 -w 0 -t 3");
        System.out.printf("| %s | %,.0f |%n", form, (double) bytes(server, count) / count);
      }
    }
  }

  private static long bytes(ServerProcess server, int count)
      throws IOException, InterruptedException {
    var connections = new ArrayList<SocketChannel>();
    try {
      long before = liveBytes(server);
      for (int i = 0; i < count; i++) {
        connections.add(connected(server));
      }
      return liveBytes(server) - before;
    } finally {
      for (SocketChannel connection : connections) {
        connection.close();
      }
    }
  }

  /** A connection whose thread has served a message and waits again. */
  private static SocketChannel connected(ServerProcess server) throws IOException {
    SocketChannel connection =
        SocketChannel.open(new InetSocketAddress(EchoServer.HOST, server.port()));
    connection.write(ByteBuffer.allocate(MESSAGE));
    for (ByteBuffer echo = ByteBuffer.allocate(MESSAGE); echo.hasRemaining(); ) {
      if (connection.read(echo) < 0) {
        throw new IOException("the server has closed the connection");
      }
    }
    return connection;
  }

  /** What is left on the heap after a full collection. */
  private static long liveBytes(ServerProcess server) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Matcher total = TOTAL.matcher(
        Programs.output(List.of(jcmd, Long.toString(server.pid()), "GC.class_histogram")));
    if (!total.find()) {
      throw new IOException("no total");
    }
    return Long.parseLong(total.group(1));
  }
}
