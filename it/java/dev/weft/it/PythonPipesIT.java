package dev.weft.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Asyncio;
import dev.weft.examples.EchoLines;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import dev.weft.loop.Task;
import dev.weft.process.Process;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A million lines there and back between Weft and CPython's asyncio, by stdin and stdout of the one or the other. */
@RequiresPeer("python")
@Timeout(150)
final class PythonPipesIT {

  private static final int COUNT = 1_000_000;
  private static final Duration SOON = Duration.ofSeconds(140);

  @Test
  @DisplayName("Weft starts CPython, which gives all lines back")
  void weftStarts() throws Exception {
    var command = new ArrayList<>(Peers.python());
    command.addAll(List.of(Path.of("it", "python", "lines.py").toString(), "echo"));
    Asyncio.run(() -> {
      Process child = Asyncio.createSubprocessExec(
          command, SubprocessOptions.pipes().withStderr(Redirect.INHERIT));
      Task<byte[]> sent = Asyncio.createTask(() -> write(child.stdin()));
      byte[] received = read(child.stdout());
      assertArrayEquals(sent.await(), received);
      assertEquals(0, child.waitFor());
    });
  }

  private static byte[] write(StreamWriter writer) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < COUNT; i++) {
      byte[] line = ("line " + i + " " + "x".repeat(i % 50) + "\n").getBytes(UTF_8);
      digest.update(line);
      writer.write(line);
      writer.drain();
    }
    writer.close();
    return digest.digest();
  }

  private static byte[] read(StreamReader reader) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    int count = 0;
    for (byte[] line : reader) {
      digest.update(line);
      count++;
    }
    assertEquals(COUNT, count);
    return digest.digest();
  }

  private static Peer python(String how, int count) throws IOException {
    var arguments = new ArrayList<Object>(List.of(how, count));
    arguments.addAll(Weft.exampleCommand(EchoLines.class, "32m"));
    return Peers.startPython("lines.py", arguments.toArray());
  }

  @Test
  @DisplayName("CPython starts Weft, whose own stdin and stdout are pipes; a small heap suffices")
  void pythonStarts() throws Exception {
    try (Peer python = python("send", COUNT)) {
      assertEquals(0, python.waitFor(SOON), python::output);
      assertEquals(
          COUNT + " lines, equal\nthen b'' and exit code 0\n", answer(python), python::output);
    }
  }

  @Test
  @DisplayName("CPython starts Weft on a terminal")
  void terminal() throws Exception {
    try (Peer python = python("terminal", 20_000)) {
      assertEquals(0, python.waitFor(SOON), python::output);
      assertEquals(
          "20000 lines, equal\nthen b'end\\n' and exit code 0\n", answer(python), python::output);
    }
  }

  /** The last two lines: Weft's log goes the same way. */
  private static String answer(Peer python) {
    List<String> lines = python.output().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 2), lines.size())) + "\n";
  }
}
