package dev.weft.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, on the first CPU. */
final class ServerProcess implements AutoCloseable {

  private static final String CPU = "0";
  private static final List<String> FLAGS = List.of(
      "-Xms256m", "-Xmx1g", "-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED");
  // as one carrier is all that the others have
  private static final List<String> ONE_CARRIER = List.of(
      "-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");

  private final String name;
  private final Process process;
  private final int port;

  private ServerProcess(String name, Process process, int port) {
    this.name = name;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param name a form that {@link EchoServer} knows, or any name if there is a command
   * @param command how to start another server; null for a form of ours
   */
  static ServerProcess start(String name, String command) throws IOException, InterruptedException {
    int port = freePort();
    var line = new ArrayList<String>(List.of("taskset", "-c", CPU));
    if (command != null) {
      line.addAll(Arrays.asList(command.replace("{port}", "" + port).split(" +")));
    } else {
      line.addAll(ours(name, port));
    }
    Process process = new ProcessBuilder(line)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    var server = new ServerProcess(name, process, port);
    server.awaitAnswer();
    return server;
  }

  private static List<String> ours(String form, int port) {
    var line = new ArrayList<String>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(FLAGS);
    if (form.equals("threads")) {
      line.addAll(ONE_CARRIER);
    }
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(List.of(EchoServer.class.getName(), form, "" + port));
    return line;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName(EchoServer.HOST))) {
      return socket.getLocalPort();
    }
  }

  private void awaitAnswer() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < end && process.isAlive()) {
      try (var socket = new Socket(EchoServer.HOST, port)) {
        socket.setSoTimeout(2000);
        socket.getOutputStream().write("hello".getBytes());
        if (new String(socket.getInputStream().readNBytes(5)).equals("hello")) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(50); // not up yet
      }
    }
    close();
    throw new IllegalStateException("the server did not come up: " + name);
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
