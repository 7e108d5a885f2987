package dev.weft.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What servers do, and the loads that are put on them. */
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
  TLS(TlsServer.class, withTls(), List.of("1k16", "16k16")),
  /** Over TLS 1.3, 64 MiB at a time, each MiB a request. */
  BULK(TlsServer.class, withTls(), List.of("64m1")),
  /** Echo of datagrams. */
  UDP(
      UdpServer.class,
      List.of("protocol", "nio", "threads", "netty", "asyncio"),
      List.of("64b16", "1k16"));

  private static final Map<String, String> POINTS = new LinkedHashMap<>();

  static {
    POINTS.put("1k64", "-c 64 -s 1024");
    POINTS.put("10k64", "-c 64 -s 10240");
    POINTS.put("100k16", "-c 16 -s 102400");
    POINTS.put("64b1000", "-c 1000 -s 64");
    POINTS.put("1k1", "-c 1 -s 1024 -b");
    POINTS.put("1k64d16", "-c 64 -s 1024 -d 16");
    POINTS.put("churn", "-m churn -c 16 -s 64");
    POINTS.put("64b16", "-c 16 -s 64");
    POINTS.put("1k16", "-c 16 -s 1024");
    POINTS.put("16k16", "-c 16 -s 16384");
    POINTS.put("64m1", "-m bulk -c 1 -s 1048576 -d 64");
  }

  private final Class<?> main;
  private final List<String> servers;
  private final List<String> points;

  Suite(Class<?> main, List<String> servers, List<String> points) {
    this.main = main;
    this.servers = servers;
    this.points = points;
  }

  private static List<String> withTls() {
    return List.of("protocol", "streams", "threads", "netty", "asyncio");
  }

  /** The suite of a name in lower case. */
  static Suite of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The name in lower case, as programs get it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The class that has our servers; its arguments are the suite's name, the form, and the port. */
  Class<?> main() {
    return main;
  }

  /** The servers that are measured if nobody says otherwise. */
  List<String> servers() {
    return servers;
  }

  /** The points that are measured if nobody says otherwise. */
  List<String> points() {
    return points;
  }

  boolean isEncrypted() {
    return this == TLS || this == BULK;
  }

  /**
   * What the load generator is told.
   *
   * @throws IllegalArgumentException if there is no such point
   */
  String load(String point) {
    String load = POINTS.get(point);
    if (load == null) {
      throw new IllegalArgumentException("points are " + POINTS.keySet() + ": " + point);
    }
    return (isEncrypted() ? "-T " : this == UDP ? "-U " : "") + load;
  }
}
