package dev.weft.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, on the first CPU. */
final class ServerProcess implements AutoCloseable {

  private static final String CPU = "0";
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
    List<String> line = command == null
        ? ours(name, port)
        : List.of(command.replace("{port}", "" + port).split(" +"));
    Process process = Programs.onCpu(CPU, line)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    var server = new ServerProcess(name, process, port);
    server.awaitAnswer();
    return server;
  }

  private static List<String> ours(String form, int port) {
    List<String> flags = form.equals("threads") ? ONE_CARRIER : List.of();
    return Programs.java(flags, EchoServer.class, form, "" + port);
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
