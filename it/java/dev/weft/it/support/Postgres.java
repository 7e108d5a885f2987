package dev.weft.it.support;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A PostgreSQL server on a free port of the loopback, with an empty database {@code postgres} whose owner {@code weft}
 * needs no password. Blocks; not for a loop's thread.
 */
public final class Postgres implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Peer server;
  private final int port;

  private Postgres(Peer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Creates a database and starts its server.
   *
   * @param directory empty; contains all files
   * @param connections the maximal number
   */
  public static Postgres start(Path directory, int connections) throws IOException {
    Path program = Path.of(Peers.command("postgres").get(0));
    Path data = directory.resolve("data");
    // processes of another user may have to write there
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    String initdb = program.resolveSibling("initdb").toString();
    try (Peer made =
        Peers.start(asUser(initdb), "-D", data, "-U", "weft", "-A", "trust", "-N", "--no-locale")) {
      if (made.waitFor(SOON) != 0) {
        throw new IOException("no database: " + made.output());
      }
    }
    int port = freePort();
    Peer server = Peers.start(
        asUser(program.toString()),
        "-D",
        data,
        "-p",
        port,
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "max_connections=" + connections,
        "-c",
        "fsync=off");
    server.awaitOutput("database system is ready to accept connections", SOON);
    return new Postgres(server, port);
  }

  /** The server refuses to run as root. */
  private static List<String> asUser(String program) {
    var command = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
    }
    command.add(program);
    return command;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The address for JDBC. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=weft";
  }

  @Override
  public void close() {
    try (server) {
      server
          .process()
          .destroy(); // ends normally when all clients have gone, and removes its shared memory
      server.waitFor(SOON);
    }
  }
}
