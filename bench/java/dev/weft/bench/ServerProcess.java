package dev.weft.bench;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server in its own process, on the first CPU. */
final class ServerProcess implements AutoCloseable {

  private static final String CPU = "0";
  // the other servers have one carrier too
  private static final List<String> ONE_CARRIER = List.of(
      "-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");

  private static final Pattern COMPILER = Pattern.compile("\\(C[12] Comp");
  private static final int ANSWER_MILLIS = 2000;
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  private final Suite suite;
  private final String name;
  private final Process process;
  private final int port;

  private ServerProcess(Suite suite, String name, Process process, int port) {
    this.suite = suite;
    this.name = name;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param name a form of the suite's class, a server of {@link Peers#isServer}, or any name if there is a command
   * @param command the command that starts another server; null for the servers of the suite
   * @param arguments for a form of the suite's class, the arguments after the port
   * @throws IOException if the runtime is missing
   */
  static ServerProcess start(Suite suite, String name, String command, String... arguments)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> line = command == null
        ? known(suite, name, port, arguments)
        : List.of(command.replace("{port}", "" + port).split(" +"));
    Process process = Programs.onCpu(CPU, line)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    var server = new ServerProcess(suite, name, process, port);
    server.awaitAnswer();
    return server;
  }

  private static List<String> known(Suite suite, String name, int port, String... arguments)
      throws IOException, InterruptedException {
    if (Peers.isServer(name)) {
      return Peers.server(suite, name, port);
    }
    List<String> flags =
        name.equals("threads") ? ONE_CARRIER : name.startsWith("netty") ? forNetty() : List.of();
    var all = new ArrayList<>(List.of(suite.word(), name, "" + port));
    all.addAll(List.of(arguments));
    return Programs.java(flags, suite.main(), all.toArray(String[]::new));
  }

  /** Flags without which Netty does not use its own off-heap memory for buffers. */
  private static List<String> forNetty() {
    String opens = "--enable-native-access=ALL-UNNAMED";
    return Runtime.version().feature() < 23
        ? List.of(opens)
        : List.of(opens, "--sun-misc-unsafe-memory-access=allow");
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName(EchoServer.HOST))) {
      return socket.getLocalPort();
    }
  }

  private void awaitAnswer() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < end && process.isAlive()) {
      try {
        if (suite == Suite.UDP ? answersDatagram() : accepts()) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(50); // the server does not listen yet
      }
    }
    close();
    throw new IllegalStateException("the server did not answer: " + name);
  }

  private boolean answersDatagram() throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.connect(new InetSocketAddress(EchoServer.HOST, port));
      socket.send(new DatagramPacket(HELLO, HELLO.length));
      var answer = new DatagramPacket(new byte[HELLO.length], HELLO.length);
      socket.receive(answer);
      return Arrays.equals(answer.getData(), HELLO);
    }
  }

  /** Only connects: the generator compares the first reply. */
  private boolean accepts() throws IOException {
    new Socket(EchoServer.HOST, port).close();
    return true;
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  /** Whether the server is a JVM and not CPython. */
  boolean isJvm() {
    return !Peers.isServer(name);
  }

  /** The CPU time of a JVM's compilers so far, in the system's ticks of 10 ms. */
  long compilerTicks() throws IOException {
    long ticks = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc", "" + pid(), "task"))) {
      for (Path thread : threads.toList()) {
        ticks += compilerTicks(thread.resolve("stat"));
      }
    }
    return ticks;
  }

  private static long compilerTicks(Path stat) throws IOException {
    String line;
    try {
      line = Files.readString(stat);
    } catch (IOException ended) {
      return 0; // the JVM starts and ends compiler threads
    }
    if (!COMPILER.matcher(line).find()) {
      return 0;
    }
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]); // utime and stime
  }

  /** The number of the server's open sockets. */
  long sockets() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", "" + pid(), "fd"))) {
      return descriptors.filter(ServerProcess::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException closed) {
      return false;
    }
  }

  /** Waits until the server has at most {@code count} sockets: it may notice closed connections late. */
  void awaitSockets(long count) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (sockets() > count) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(name + " keeps closed connections");
      }
      Thread.sleep(50);
    }
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
