package dev.weft.it.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the programs that integration tests talk to, and starts them. The names, and the order in which a python is
 * searched, are those of it/install-peers.
 */
public final class Peers {
  private static final Duration LONG = Duration.ofSeconds(80);
  private static final Map<String, Optional<List<String>>> FOUND = new ConcurrentHashMap<>();

  private Peers() {}

  /**
   * The command prefix of a peer: python, nc (OpenBSD's), socat, curl, openssl, gcc, ab, redis-server or
   * postgres; empty if it is missing.
   */
  public static Optional<List<String>> find(String peer) {
    return FOUND.computeIfAbsent(peer, Peers::search);
  }

  /** As {@link #find}, for a test that has {@code @RequiresPeer(peer)}. */
  public static List<String> command(String peer) {
    return find(peer)
        .orElseThrow(() -> new IllegalStateException(peer + " is missing; see it/install-peers"));
  }

  /** The command prefix of a python that is at least 3.11. */
  public static List<String> python() {
    return command("python");
  }

  /** Starts a program with its arguments; use it in try-with-resources. */
  public static Peer start(List<String> prefix, Object... arguments) throws IOException {
    var command = new ArrayList<>(prefix);
    for (var argument : arguments) {
      command.add(argument.toString());
    }
    return new Peer(command);
  }

  /** Starts a peer by its name. */
  public static Peer start(String peer, Object... arguments) throws IOException {
    return start(command(peer), arguments);
  }

  /** Runs a peer to its end, which must be successful, and returns its output. */
  public static String output(String peer, Object... arguments) throws IOException {
    try (Peer running = start(peer, arguments)) {
      running.stdin().close();
      int code = running.waitFor(LONG);
      if (code != 0) {
        throw new AssertionError(peer + " ended with " + code + ":\n" + running.output());
      }
      return running.output();
    }
  }

  /** Starts a script of it/python, by its file name. */
  public static Peer startPython(String script, Object... arguments) throws IOException {
    var command = new ArrayList<>(python());
    command.add(Path.of("it", "python", script).toAbsolutePath().toString());
    return start(command, arguments);
  }

  private static Optional<List<String>> search(String peer) {
    return switch (peer) {
      case "python" -> searchPython();
      case "nc" ->
        run(List.of("nc.openbsd", "-h")).isPresent()
            ? Optional.of(List.of("nc.openbsd"))
            : run(List.of("nc", "-h"))
                .filter(help -> help.contains("OpenBSD"))
                .map(help -> List.of("nc"));
      case "socat" -> run(List.of("socat", "-V")).map(version -> List.of("socat"));
      case "openssl" -> run(List.of("openssl", "version")).map(version -> List.of("openssl"));
      case "ab" -> run(List.of("ab", "-V")).map(version -> List.of("ab"));
      case "postgres" -> searchPostgres();
      case "curl", "gcc", "redis-server" ->
        run(List.of(peer, "--version")).map(version -> List.of(peer));
      default -> throw new IllegalArgumentException("no such peer: " + peer);
    };
  }

  /*
   * A name on PATH proves nothing (pyenv has shims for versions that are not active), so each candidate is run. Its
   * answer is the path of the interpreter itself, so that no shim stands between a test and its child.
   */
  private static Optional<List<String>> searchPython() {
    var check = "import sys; print('exe:' + sys.executable if sys.version_info >= (3, 11) else '')";
    var candidates = List.of(
        List.of("python3.13"),
        List.of("env", "PYENV_VERSION=3.13.0", "pyenv", "exec", "python3"),
        List.of("python3"),
        List.of("python3.14"),
        List.of("python3.12"),
        List.of("python3.11"),
        List.of("/usr/bin/python3"));
    for (var candidate : candidates) {
      var command = new ArrayList<>(candidate);
      command.addAll(List.of("-c", check));
      var answer = run(command).map(String::strip).filter(line -> line.startsWith("exe:"));
      if (answer.isPresent()) {
        return Optional.of(List.of(answer.get().substring(4)));
      }
    }
    return Optional.empty();
  }

  /* Debian installs the programs of each version outside of PATH. */
  private static Optional<List<String>> searchPostgres() {
    var candidates = new ArrayList<>(List.of("postgres"));
    try (var versions = Files.newDirectoryStream(Path.of("/usr/lib/postgresql"))) {
      versions.forEach(version -> candidates.add(version.resolve("bin/postgres").toString()));
    } catch (IOException e) {
      // not Debian's
    }
    return candidates.stream()
        .filter(candidate -> run(List.of(candidate, "--version")).isPresent())
        .findFirst()
        .map(List::of);
  }

  /* The output of the command; empty if there is no such program or it does not end. */
  private static Optional<String> run(List<String> command) {
    try (var peer = new Peer(command)) {
      peer.stdin().close();
      peer.waitFor(Duration.ofSeconds(10));
      return Optional.of(peer.output());
    } catch (IOException | AssertionError e) {
      return Optional.empty();
    }
  }
}
