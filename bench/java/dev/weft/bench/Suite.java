package dev.weft.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The servers' work, and the loads for them. */
enum Suite {
  /** Echo over TCP. */
  TCP(
      EchoServer.class,
      List.of(
          "nio",
          "protocol",
          "buffered",
          "streams",
          "loopthreads",
          "threads",
          "netty-epoll",
          "netty",
          "uvloop",
          "asyncio",
          "uvloop-streams",
          "asyncio-streams"),
      List.of("1k64", "10k64", "100k16", "64b1000", "1k64d16", "churn")),
  /** Echo over TLS 1.3. */
  TLS(
      TlsServer.class,
      List.of("protocol", "buffered", "streams", "threads", "netty", "asyncio", "asyncio-buffered"),
      List.of("1k16", "16k16")),
  /** Bulk transfer over TLS 1.3: 64 MiB at a time, each MiB a request. */
  BULK(
      TlsServer.class,
      List.of("protocol", "streams", "threads", "netty", "asyncio"),
      List.of("64m1")),
  /** Echo of datagrams. */
  UDP(
      UdpServer.class,
      List.of("protocol", "nio", "threads", "netty", "asyncio"),
      List.of("64b16", "1k16"));

  private static final int MIB = 1 << 20;
  private static final Map<String, Integer> UNITS = Map.of("b", 1, "k", 1024, "m", MIB);
  private static final Pattern POINT = Pattern.compile("(\\d+)([bkm])(\\d+)(?:d(\\d+))?");

  private final Class<?> main;
  private final List<String> servers;
  private final List<String> points;

  Suite(Class<?> main, List<String> servers, List<String> points) {
    this.main = main;
    this.servers = servers;
    this.points = points;
  }

  /** The suite with this name in lower case. */
  static Suite of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The name in lower case, as in the arguments of programs. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The class with the servers on the JVM; its arguments are the suite's name, the form and the port. */
  Class<?> main() {
    return main;
  }

  /** The servers to measure by default. */
  List<String> servers() {
    return servers;
  }

  /** The points to measure by default. */
  List<String> points() {
    return points;
  }

  boolean isEncrypted() {
    return this == TLS || this == BULK;
  }

  /**
   * The load generator's arguments for a point. A point is the size of a message, in bytes, KiB or MiB, and the number
   * of connections: {@code 10k64}. The letter {@code d} and a number add the number of messages in flight on each
   * connection: {@code 1k64d16}. With one connection, the generator spins. In {@code churn} each message of 64 bytes
   * has its own connection. In the bulk suite, each request asks for a MiB.
   *
   * @throws IllegalArgumentException if the point is malformed
   */
  String load(String point) {
    if (this == TCP && point.equals("churn")) {
      return "-m churn -c 16 -s 64";
    }
    Matcher fields = POINT.matcher(point);
    if (!fields.matches()) {
      throw new IllegalArgumentException("no point: " + point + "; points are like " + points);
    }
    int size = Integer.parseInt(fields.group(1));
    int connections = Integer.parseInt(fields.group(3));
    if (this == BULK) {
      return "-T -m bulk -s " + MIB + " -d " + size + " -c " + connections;
    }
    return (this == TLS ? "-T " : this == UDP ? "-U " : "")
        + ("-s " + size * UNITS.get(fields.group(2)) + " -c " + connections)
        + (fields.group(4) == null ? "" : " -d " + fields.group(4))
        + (this == TCP && connections == 1 ? " -b" : "");
  }
}
