package dev.weft.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The runtimes that Weft is compared with: how to find them and how to build their programs. */
final class Peers {

  static final List<String> NAMES = List.of("weft", "asyncio", "uvloop", "go", "tokio", "node");

  private static final Path SOURCES = Path.of("bench", "peers");
  private static final Path BUILT = Path.of("target", "bench").toAbsolutePath();
  // Newest first. A command on PATH may not work: pyenv has shims for versions that are not active.
  private static final List<String> PYTHONS = List.of(
      "python3.15",
      "python3.14",
      "python3.13",
      "env PYENV_VERSION=3.13.0 pyenv exec python3",
      "python3.12",
      "python3");

  private Peers() {}

  /**
   * The command that starts a peer.
   *
   * @throws IOException if the runtime is missing or its program cannot be built
   */
  static List<String> command(String name) throws IOException, InterruptedException {
    if (!Files.isDirectory(SOURCES)) {
      throw new IllegalStateException(
          "run this in the project's directory: there is no " + SOURCES);
    }
    Files.createDirectories(BUILT);
    return switch (name) {
      case "weft" -> Programs.java(List.of(), WeftPeer.class);
      case "asyncio" -> List.of(python(), source("tasks.py"), "asyncio");
      case "uvloop" -> List.of(pythonWithUvloop(), source("tasks.py"), "uvloop");
      case "go" -> List.of(buildGo());
      case "tokio" -> List.of(buildTokio());
      case "node" -> {
        Programs.output(List.of("node", "--version"));
        yield List.of("node", source("tasks.js"));
      }
      default -> throw new IllegalArgumentException("peers are " + NAMES + ": " + name);
    };
  }

  /** Whether the name is that of a server on CPython: {@code asyncio} or {@code uvloop}, with or without a suffix. */
  static boolean isServer(String name) {
    return name.startsWith("asyncio") || name.startsWith("uvloop");
  }

  /**
   * The command that starts CPython's server of a suite.
   *
   * @throws IOException if the interpreter or uvloop is missing
   */
  static List<String> server(Suite suite, String name, int port)
      throws IOException, InterruptedException {
    return List.of(
        name.startsWith("uvloop") ? pythonWithUvloop() : python(),
        source("net.py"),
        suite.word(),
        name,
        "" + port,
        TlsServer.CERTIFICATE.toString(),
        TlsServer.KEY.toString());
  }

  /** The path of a peer's program. */
  static String source(String file) {
    return SOURCES.resolve(file).toString();
  }

  /**
   * The version of asyncio's CPython, or of uvloop.
   *
   * @throws IOException if the interpreter or uvloop is missing
   */
  static String version(String name) throws IOException, InterruptedException {
    boolean uvloop = name.equals("uvloop");
    String version = uvloop
        ? "import uvloop; print(uvloop.__version__)"
        : "import platform; print(platform.python_version())";
    return Programs.output(List.of(uvloop ? pythonWithUvloop() : python(), "-c", version))
        .strip();
  }

  private static String python() throws IOException, InterruptedException {
    for (String python : PYTHONS) {
      try {
        return executable(List.of(python.split(" ")), "assert sys.version_info >= (3, 11)");
      } catch (IOException missing) {
        // try the next one
      }
    }
    throw new IOException("no CPython >= 3.11");
  }

  private static String pythonWithUvloop() throws IOException, InterruptedException {
    return executable(List.of("/usr/bin/python3"), "import uvloop");
  }

  /** The path of the interpreter itself, not of a shim that starts it. */
  private static String executable(List<String> python, String check)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(python);
    command.addAll(List.of("-c", "import sys; " + check + "; print(sys.executable)"));
    return Programs.output(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD))
        .strip();
  }

  private static String buildGo() throws IOException, InterruptedException {
    String program = BUILT.resolve("tasks-go").toString();
    var builder = new ProcessBuilder("go", "build", "-o", program, source("tasks.go"));
    builder.environment().put("GO111MODULE", "off"); // the program uses the standard library alone
    Programs.output(builder.redirectError(ProcessBuilder.Redirect.INHERIT));
    return program;
  }

  private static String buildTokio() throws IOException, InterruptedException {
    Path target = BUILT.resolve("tokio");
    Programs.output(new ProcessBuilder(
            "cargo",
            "build",
            "--quiet",
            "--release",
            "--offline",
            "--target-dir",
            target.toString())
        .directory(SOURCES.resolve("tokio").toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT));
    return target.resolve("release").resolve("tasks").toString();
  }
}
