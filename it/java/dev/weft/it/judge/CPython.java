package dev.weft.it.judge;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The judge's other side: a CPython that runs programs, many at a time.
 *
 * @param command how it is started, with {@code it/python/judge}
 * @param version such as 3.13
 */
record CPython(List<String> command, String version) {

  /**
   * Asks an interpreter for its version.
   *
   * @param interpreter how it is started
   */
  static CPython of(List<String> interpreter) throws IOException {
    var command = new ArrayList<>(interpreter);
    command.add(Path.of("it", "python", "judge").toString());
    var asking = new ArrayList<>(command);
    asking.add("--version");
    return new CPython(command, run(asking, "").strip());
  }

  /** Whether it is this version or a newer one. */
  boolean atLeast(int major, int minor) {
    String[] parts = version.split("\\.");
    int ownMajor = Integer.parseInt(parts[0]);
    return ownMajor > major || ownMajor == major && Integer.parseInt(parts[1]) >= minor;
  }

  /** The traces of programs, in their order. */
  List<List<String>> run(List<Program> programs) throws IOException {
    var input = new StringBuilder();
    programs.forEach(program -> input.append(program).append("end\n"));
    var traces = new ArrayList<List<String>>();
    var trace = new ArrayList<String>();
    for (String line : run(command, input.toString()).split("\n")) {
      if (line.equals("end")) {
        traces.add(trace);
        trace = new ArrayList<>();
      } else {
        trace.add(line);
      }
    }
    if (traces.size() != programs.size()) {
      throw new IOException("CPython has run " + traces.size() + " of " + programs.size()
          + " programs; after them came: " + String.join("\n", trace));
    }
    return traces;
  }

  /* Files, because a process that reads and writes much at the same time would need threads. */
  private static String run(List<String> command, String input) throws IOException {
    Path in = Files.createTempFile("judge", ".in");
    Path out = Files.createTempFile("judge", ".out");
    try {
      Files.writeString(in, input);
      Process process = new ProcessBuilder(command)
          .redirectInput(in.toFile())
          .redirectOutput(out.toFile())
          .redirectError(Redirect.INHERIT)
          .start();
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("still running: " + String.join(" ", command));
      }
      return Files.readString(out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.delete(in);
      Files.delete(out);
    }
  }
}
