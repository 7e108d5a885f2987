package dev.weft.it.endure;

import dev.weft.loop.EventLoop;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes descriptors away from this process for a moment, by the limit that the system keeps. A shell is there from the
 * beginning to set it: in need, nothing can be started.
 */
final class Scarcity implements Closeable {

  private static final int LEFT = 20;

  private final Process shell;
  private final Writer commands;
  private final BufferedReader replies;

  private Scarcity() throws IOException {
    loadClasses();
    shell =
        new ProcessBuilder("sh").redirectError(ProcessBuilder.Redirect.DISCARD).start();
    commands = shell.outputWriter();
    replies = shell.inputReader();
  }

  /** Does nothing if the system has no such limit, or no command for it. */
  static Optional<Scarcity> create() {
    try {
      var scarcity = new Scarcity();
      if (scarcity.limit(current())) {
        return Optional.of(scarcity);
      }
      scarcity.close();
    } catch (IOException unknown) {
      // on other systems
    }
    return Optional.empty();
  }

  /** A class whose file cannot be opened when it is first needed cannot be used again, so it is loaded in advance. */
  private static void loadClasses() throws IOException {
    try {
      for (Class<?> known : List.of(EventLoop.class, Scarcity.class)) {
        Path root =
            Path.of(known.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(root)) { // not a jar, which is open
          loadClasses(
              root, root.resolve(known == EventLoop.class ? "dev/weft" : "dev/weft/it/endure"));
        }
      }
    } catch (URISyntaxException | ClassNotFoundException e) {
      throw new IOException(e);
    }
  }

  private static void loadClasses(Path root, Path folder)
      throws IOException, ClassNotFoundException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        String name = root.relativize(each).toString().replace('/', '.');
        Class.forName(
            name.substring(0, name.length() - ".class".length()),
            true,
            Scarcity.class.getClassLoader());
      }
    }
  }

  /** Leaves almost no descriptors for that number of milliseconds. Blocks. */
  void last(int millis) throws IOException, InterruptedException {
    long before = current();
    if (!limit(used() + LEFT)) {
      throw new IOException("the limit cannot be lowered");
    }
    Thread.sleep(millis);
    if (!limit(before)) {
      throw new IOException("the limit cannot be raised again");
    }
  }

  private static long used() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }

  private static long current() throws IOException {
    try (Stream<String> limits = Files.lines(Path.of("/proc/self/limits"))) {
      return limits
          .filter(line -> line.startsWith("Max open files"))
          .mapToLong(line -> Long.parseLong(line.split(" +")[3]))
          .findFirst()
          .orElseThrow(() -> new IOException("no limit"));
    }
  }

  private boolean limit(long descriptors) throws IOException {
    commands.write("prlimit --pid " + ProcessHandle.current().pid() + " --nofile=" + descriptors
        + ": && echo set || echo not\n");
    commands.flush();
    return "set".equals(replies.readLine());
  }

  @Override
  public void close() throws IOException {
    commands.close();
    replies.close();
    shell.destroy();
  }
}
