package dev.weft.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Asyncio;
import dev.weft.selector.ChildKind;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(ChildKind.class)
final class CommunicateTest extends ChildTest {

  CommunicateTest(ChildKind kind) {
    super(kind);
  }

  @Test
  @DisplayName("PROC-9: communicate writes the input, closes stdin, reads both outputs, and waits")
  void bothWays() {
    run(() -> {
      Process child = shell("cat; echo problem >&2; exit 3");
      Process.Output output = child.communicate("hello".getBytes(UTF_8));
      assertEquals("hello", new String(output.stdout(), UTF_8));
      assertEquals("problem\n", new String(output.stderr(), UTF_8));
      assertEquals(3, child.returncode().getAsInt());
    });
  }

  @Test
  @DisplayName("PROC-9: stdin is closed also when there is no input")
  void noInput() {
    run(() -> {
      Process child = shell("cat; echo end");
      assertEquals("end\n", new String(child.communicate().stdout(), UTF_8));
    });
  }

  @Test
  @DisplayName("PROC-9: a child that does not read its input is not a failure")
  void brokenPipe() {
    run(() -> {
      Process child = shell("exec 0<&-; echo done");
      assertEquals("done\n", new String(child.communicate(new byte[1_000_000]).stdout(), UTF_8));
      assertEquals(0, child.waitFor());
    });
  }

  @Test
  @DisplayName(
      "PROC-9, PROC-20: communicate moves more data than pipes and readers hold, in both directions at once")
  void large() {
    byte[] input = new byte[3_000_000];
    new java.util.Random(1).nextBytes(input);
    run(() -> {
      Process child = shell("tee /dev/stderr");
      Process.Output output = child.communicate(input);
      assertArrayEquals(input, output.stdout());
      assertArrayEquals(input, output.stderr());
    });
  }

  @Test
  @DisplayName(
      "a child gets the requested files, environment and directory, and its stderr can go to stdout")
  void options(@TempDir Path dir) {
    run(() -> {
      var options = SubprocessOptions.pipes()
          .withStderrToStdout()
          .withStdin(Redirect.DISCARD)
          .withEnv(Map.of("NAME", "value"))
          .withCwd(dir);
      Process child =
          Asyncio.createSubprocessShell("echo $NAME; echo error >&2; pwd; cat", options);
      assertEquals(
          "value\nerror\n" + dir.toRealPath() + "\n",
          new String(child.communicate().stdout(), UTF_8));

      Path file = dir.resolve("file");
      for (String text : List.of("one", "two")) {
        Asyncio.createSubprocessExec(
                List.of("echo", text),
                SubprocessOptions.defaults().withStdout(Redirect.appendTo(file.toFile())))
            .waitFor();
      }
      assertEquals("one\ntwo\n", Files.readString(file));
      Process reader = Asyncio.createSubprocessExec(
          List.of("cat"), SubprocessOptions.pipes().withStdin(Redirect.from(file.toFile())));
      assertEquals("one\ntwo\n", new String(reader.communicate().stdout(), UTF_8));
      assertThrows(IllegalStateException.class, reader::stdin);
      assertThrows(IllegalStateException.class, () -> reader.communicate(new byte[1]));
    });
  }

  @Test
  @DisplayName("PROC-12: a program that cannot start throws the system's error")
  void noSuchProgram(@TempDir Path dir) {
    run(() -> {
      long before = pipes();
      Path noProgram = Files.writeString(dir.resolve("text"), "not to be run");
      for (String program : List.of("/no/such/program", dir.toString(), noProgram.toString())) {
        assertThrows(
            IOException.class,
            () -> Asyncio.createSubprocessExec(List.of(program), SubprocessOptions.pipes()));
      }
      assertThrows(
          IOException.class,
          () -> Asyncio.createSubprocessExec(
              List.of("true"), SubprocessOptions.pipes().withCwd(dir.resolve("missing"))));
      assertThrows(
          IOException.class,
          () -> Asyncio.createSubprocessExec(
              List.of("true"),
              SubprocessOptions.pipes().withStdin(Redirect.from(dir.resolve("x").toFile()))));
      assertThrows(
          IllegalArgumentException.class,
          () -> Asyncio.createSubprocessExec(List.of(), SubprocessOptions.pipes()));
      assertPipes(before);
    });
  }
}
