package dev.weft.bench;

import io.netty.util.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The origin of figures: the machine, and the versions of the runtimes on it. */
final class Machine {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  static void describe(Results results) throws IOException, InterruptedException {
    results.put("cpu", cpu());
    results.put("cpus", "" + Runtime.getRuntime().availableProcessors());
    results.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    results.put("jdk", Runtime.version().toString());
    results.put("netty", Version.identify().get("netty-transport").artifactVersion());
    for (String peer : List.of("asyncio", "uvloop")) {
      try {
        results.put(peer, Peers.version(peer));
      } catch (IOException missing) {
        results.put(peer, "-");
      }
    }
  }

  private static String cpu() throws IOException {
    return Files.readAllLines(CPU_INFO).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  /** The description that {@link #describe} stored. */
  static String line(Results results) {
    return String.format(
        "%s CPUs (%s), %s, JDK %s, Netty %s, asyncio of CPython %s, uvloop %s",
        results.fact("cpus"),
        results.fact("cpu"),
        results.fact("kernel"),
        results.fact("jdk"),
        results.fact("netty"),
        results.fact("asyncio"),
        results.fact("uvloop"));
  }
}
