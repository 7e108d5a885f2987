package dev.weft.bench;

import dev.weft.loop.EventLoop;
import dev.weft.transport.Connected;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Compares {@code sendfile} with two bare loops over {@code transferTo}: one that blocks and one with a selector. The
 * figure is the CPU time of the sending thread for a GiB of a cached file, sent to a reader on the same machine. Usage:
 * {@code SendfileBench [ROUNDS]}.
 */
public final class SendfileBench {

  private static final int FILE = 64 << 20;
  private static final int TIMES = 16; // together 1 GiB

  /** Rounds before the first measurement. One round has about a thousand steps, too few for the compilers. */
  private static final int WARM_UPS = 8;

  private final Path path;

  private SendfileBench(Path path) {
    this.path = path;
  }

  /**
   * Measures and prints the medians.
   *
   * @param args the number of rounds, 5 by default
   */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    Path path = Files.createTempFile("weft-sendfile", null);
    try {
      byte[] content = new byte[FILE];
      new Random(1).nextBytes(content);
      Files.write(path, content);
      var bench = new SendfileBench(path);
      double[] bare = new double[rounds];
      double[] select = new double[rounds];
      double[] weft = new double[rounds];
      for (int i = -WARM_UPS; i < rounds; i++) {
        double bareMillis = bench.bare();
        double selectMillis = bench.select();
        double weftMillis = bench.weft();
        if (i >= 0) {
          bare[i] = bareMillis;
          select[i] = selectMillis;
          weft[i] = weftMillis;
        }
      }
      System.out.printf(
          "CPU per GiB: transferTo %.0f ms, with a selector %.0f ms, Weft %.0f ms%n",
          median(bare), median(select), median(weft));
    } finally {
      Files.delete(path);
    }
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private double bare() throws Exception {
    try (ServerSocket listening = listen()) {
      Thread reader = reading(listening);
      try (var channel = SocketChannel.open(listening.getLocalSocketAddress());
          var file = FileChannel.open(path)) {
        long before = cpuNanos();
        for (int i = 0; i < TIMES; i++) {
          for (long sent = 0; sent < FILE; ) {
            sent += file.transferTo(sent, FILE - sent, channel);
          }
        }
        return finish(channel, reader, before);
      }
    }
  }

  private double select() throws Exception {
    try (ServerSocket listening = listen();
        Selector selector = Selector.open()) {
      Thread reader = reading(listening);
      try (var channel = SocketChannel.open(listening.getLocalSocketAddress());
          var file = FileChannel.open(path)) {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_WRITE);
        long before = cpuNanos();
        for (int i = 0; i < TIMES; i++) {
          for (long sent = 0; sent < FILE; ) {
            selector.select(key -> {});
            sent += file.transferTo(sent, FILE - sent, channel);
          }
        }
        return finish(channel, reader, before);
      }
    }
  }

  private double weft() throws Exception {
    try (ServerSocket listening = listen();
        EventLoop loop = EventLoop.newEventLoop()) {
      Thread reader = reading(listening);
      try (var channel = SocketChannel.open(listening.getLocalSocketAddress());
          var file = FileChannel.open(path)) {
        Connected<Transport, Protocol> connection =
            loop.runUntilComplete(() -> loop.createConnection(() -> new Protocol() {}, channel));
        long before = cpuNanos();
        loop.runUntilComplete(() -> {
          for (int i = 0; i < TIMES; i++) {
            loop.sendfile(connection.transport(), file);
          }
        });
        double millis = finish(channel, reader, before);
        loop.runUntilComplete(() -> connection.transport().abort());
        return millis;
      }
    }
  }

  private static double finish(SocketChannel channel, Thread reader, long before) throws Exception {
    double millis = (cpuNanos() - before) / 1e6;
    channel.shutdownOutput();
    reader.join();
    return millis;
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  }

  private static Thread reading(ServerSocket listening) {
    return Thread.ofPlatform().start(() -> {
      try (Socket socket = listening.accept();
          InputStream input = socket.getInputStream()) {
        byte[] buffer = new byte[256 * 1024];
        while (input.read(buffer) >= 0) {
          // the content does not matter
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
  }
}
