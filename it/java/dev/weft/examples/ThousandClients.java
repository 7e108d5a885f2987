package dev.weft.examples;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.openConnection;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;

import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.stream.Connection;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A demonstration, and a check that Weft works here: an echo server in blocking style, 1,000 clients in
 * blocking style, real sockets, one thread. {@code ThousandClients [CLIENTS [SECONDS]]}; {@code mvn -q -Pdemo} runs it.
 */
public final class ThousandClients {

  private static final int MESSAGE = 1024;

  private final int clients;
  private final long nanos;
  private final List<long[]> latencies = new ArrayList<>();
  private final Set<String> carriers = new TreeSet<>();
  private long messages;

  private ThousandClients(int clients, double seconds) {
    this.clients = clients;
    this.nanos = (long) (seconds * 1e9);
  }

  /**
   * Runs the demonstration.
   *
   * @param args how many clients, 1,000 if not given; for how many seconds, 5 if not given
   */
  public static void main(String[] args) throws IOException {
    int clients = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
    double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 5;
    var demo = new ThousandClients(clients, seconds);
    run(demo::echo);
    demo.print();
  }

  private void echo() throws IOException {
    try (Server server = startServer(this::serve, "127.0.0.1", 0)) {
      var tasks = new ArrayList<Task<Void>>();
      long end = System.nanoTime() + nanos;
      for (int i = 0; i < clients; i++) {
        tasks.add(createTask(() -> request(server.port(), end)));
      }
      tasks.forEach(task -> await(task));
    }
  }

  /** The server: this is all there is to it. */
  private void serve(StreamReader reader, StreamWriter writer) throws IOException {
    try (writer) {
      while (true) {
        byte[] message = reader.read(MESSAGE);
        if (message.length == 0) {
          return;
        }
        writer.write(message);
        writer.drain();
      }
    }
  }

  private void request(int port, long end) throws IOException {
    byte[] message = new byte[MESSAGE];
    Arrays.fill(message, (byte) 'w');
    try (Connection connection = openConnection("127.0.0.1", port)) {
      long[] took = new long[16];
      int count = 0;
      long before = System.nanoTime();
      do {
        connection.writer().write(message);
        byte[] reply = connection.reader().readexactly(MESSAGE);
        if (!Arrays.equals(reply, message)) {
          throw new IOException("the reply differs");
        }
        long now = System.nanoTime();
        if (count == took.length) {
          took = Arrays.copyOf(took, 2 * count);
        }
        took[count++] = now - before;
        before = now;
      } while (before < end);
      latencies.add(Arrays.copyOf(took, count));
      messages += count;
      carriers.add(carrier());
    }
  }

  /** The name of the thread that carries the caller, as the JDK prints it behind the last "@". */
  private static String carrier() {
    String description = Thread.currentThread().toString();
    return description.substring(description.lastIndexOf('@') + 1);
  }

  private void print() {
    long[] sorted = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        """
        %,d clients and their server exchanged %,d messages of %,d bytes in %.1f s
        messages per second  %,.0f
        latency, ms          p50 %.2f  p90 %.2f  p99 %.2f  max %.2f
        OS threads used      %d
        carrier              %s
        """,
        clients,
        messages,
        MESSAGE,
        nanos / 1e9,
        messages / (nanos / 1e9),
        millis(sorted, 0.5),
        millis(sorted, 0.9),
        millis(sorted, 0.99),
        millis(sorted, 1),
        carriers.size(),
        String.join(", ", carriers));
  }

  private static double millis(long[] sorted, double quantile) {
    return sorted[(int) Math.ceil(quantile * sorted.length) - 1] / 1e6;
  }
}
