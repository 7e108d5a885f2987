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

/** A server in a process of its own, on the first CPU. */
final class ServerProcess implements AutoCloseable {

  private static final String CPU = "0";
  // as one carrier is all that the others have
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
   * @param name a form that the suite's class knows, one of {@link Peers#isServer}, or any name if there is a
   *     command
   * @param command how to start another server; null for those
   * @param arguments what a form of ours is given behind the port
   * @throws IOException if the runtime is not there
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

  /** Netty has its buffers in memory that it manages itself only where it is allowed to. */
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
        Thread.sleep(50); // not up yet
      }
    }
    close();
    throw new IllegalStateException("the server did not come up: " + name);
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

  /** Looks no further than the connection: the generator compares the first reply. */
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

  /** Whether it is a JVM, and not CPython. */
  boolean isJvm() {
    return !Peers.isServer(name);
  }

  /** The CPU time that a JVM's compilers have had so far, in the system's ticks of 10 ms. */
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
      return 0; // compilers come and go
    }
    if (!COMPILER.matcher(line).find()) {
      return 0;
    }
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]); // utime and stime
  }

  /** How many sockets it has. */
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

  /** Waits until it has no more sockets than that: it may be slow to notice that connections are over. */
  void awaitSockets(long count) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (sockets() > count) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(name + " keeps connections that are over");
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
