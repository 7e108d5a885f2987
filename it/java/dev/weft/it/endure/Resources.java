package dev.weft.it.endure;

import dev.weft.testkit.Descriptors;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;

/**
 * The resources of the process.
 *
 * @param sockets open sockets
 * @param pipes open pipe ends
 * @param threads platform threads
 * @param heap bytes of live objects
 * @param direct bytes of buffers outside of the heap
 */
record Resources(int sockets, int pipes, int threads, long heap, long direct) {

  private static final int POOLED = 30;

  /** Collects garbage, and measures. */
  static Resources now() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
    return new Resources(
        Descriptors.sockets(),
        Descriptors.pipes(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        runtime.totalMemory() - runtime.freeMemory(),
        direct);
  }

  /** The same descriptors as others, and no more threads than pools have, because their number changes. */
  boolean isBackAt(Resources others) {
    return sockets == others.sockets && pipes == others.pipes && threads <= others.threads + POOLED;
  }

  /** The lines in which the system lists the open sockets. */
  static List<String> openSockets() throws IOException {
    var inodes = new HashSet<String>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path each : all) {
        String target =
            Files.isSymbolicLink(each) ? Files.readSymbolicLink(each).toString() : "";
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }
    var lines = new ArrayList<String>();
    for (String table : List.of("tcp", "tcp6", "udp", "udp6", "unix")) {
      for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
        if (!Collections.disjoint(inodes, List.of(line.split(" +")))) {
          lines.add(table + line);
        }
      }
    }
    return lines;
  }

  @Override
  public String toString() {
    return String.format(
        "%d sockets, %d pipes, %d threads, heap %.1f MiB, direct %.1f MiB",
        sockets, pipes, threads, heap / 1048576.0, direct / 1048576.0);
  }
}
