package dev.weft.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.Task;
import dev.weft.selector.ChildKind;
import dev.weft.stream.StreamReader;
import dev.weft.transport.SubprocessOptions;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each way to start a child gives it the requested streams, files, environment and directory. */
@ParameterizedClass
@EnumSource(ChildKind.class)
final class ChildStartTest extends ChildTest {

  private static final SubprocessOptions PIPES = SubprocessOptions.pipes();

  ChildStartTest(ChildKind kind) {
    super(kind);
  }

  /** Starts a child, and asserts that this happens in the way under test. */
  private Process start(SubprocessOptions options, String... command) throws IOException {
    return start(kind == ChildKind.DIRECT, options, command);
  }

  private Process start(boolean direct, SubprocessOptions options, String... command)
      throws IOException {
    var started = loop.subprocessExec(
        () -> new ProcessProtocol(loop, StreamReader.DEFAULT_LIMIT), List.of(command), options);
    assertEquals(
        direct,
        started.transport().toString().contains("posix_spawn"),
        started.transport()::toString);
    return new Process(started.transport(), started.protocol());
  }

  private static String textOf(Process child) throws IOException {
    return new String(outputOf(child), UTF_8);
  }

  private static byte[] outputOf(Process child) throws IOException {
    byte[] output = child.communicate().stdout();
    assertEquals(0, child.waitFor());
    return output;
  }

  private String textOf(SubprocessOptions options, String... command) throws IOException {
    return textOf(start(options, command));
  }

  @Test
  @DisplayName("a child has three descriptors and no others")
  void descriptors() {
    run(() -> {
      // the fourth descriptor is that of the directory that ls lists
      assertEquals("0\n1\n2\n3\n", textOf(PIPES, "ls", "/proc/self/fd"));
      var files =
          PIPES.withStdin(Redirect.DISCARD).withStderr(Redirect.DISCARD).withCwd(Path.of("/"));
      assertEquals("0\n1\n2\n3\n", textOf(files, "ls", "/proc/self/fd"));
    });
  }

  @Test
  @DisplayName(
      "a child with its own session, if that is requested, has the same process number and outputs as any other")
  void session(@TempDir Path dir) {
    run(() -> {
      String session = "read -r pid name state parent group session rest < /proc/$$/stat;"
          + " echo $pid $group $session; echo error >&2; exit 7";
      Process child = start(PIPES.withNewSession(true), "sh", "-c", session);
      var said = child.communicate();
      String number = Long.toString(child.pid());
      assertEquals(number + " " + number + " " + number + "\n", new String(said.stdout(), UTF_8));
      assertEquals("error\n", new String(said.stderr(), UTF_8));
      assertEquals(7, child.waitFor());
      assertEquals(
          textOf(PIPES, "sh", "-c", "cut -d ' ' -f 6 /proc/self/stat"),
          textOf(PIPES.withNewSession(false), "cut", "-d", " ", "-f", "6", "/proc/self/stat"));
      Path script = Files.writeString(dir.resolve("-script"), "#!/bin/sh\necho \"$PATH\" $1\n");
      assertTrue(script.toFile().setExecutable(true));
      var there = PIPES.withNewSession(true).withCwd(dir).withEnv(Map.of("PATH", "/none"));
      assertEquals("/none x\n", textOf(there, "./-script", "x"));
      assertEquals("/none\n", textOf(there, "sh", "-c", "echo $PATH"));
    });
  }

  @Test
  @DisplayName("PROC-12: a missing program is an IOException with a session too")
  void noProgramForSession(@TempDir Path dir) {
    run(() -> {
      var options = PIPES.withNewSession(true);
      for (String program :
          List.of("/no/such/program", "no-such-program", "./none", "/", dir.toString())) {
        assertThrows(IOException.class, () -> start(options, program));
      }
      assertThrows(IOException.class, () -> start(options.withCwd(Path.of("/none")), "true"));
    });
  }

  @Test
  @DisplayName("an inherited stream is the same file")
  void inherited() {
    run(() -> {
      var options = PIPES.withStdin(Redirect.INHERIT).withStderr(Redirect.INHERIT);
      Path stdin = Files.readSymbolicLink(Path.of("/proc/self/fd/0"));
      Path stderr = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
      assertEquals(
          stdin + "\n" + stderr + "\n",
          textOf(options, "readlink", "/proc/self/fd/0", "/proc/self/fd/2"));
    });
  }

  @Test
  @DisplayName(
      "a discarded stream reads as empty and is written nowhere; errors can go to the output")
  void discarded() {
    run(() -> {
      var options = PIPES.withStdin(Redirect.DISCARD).withStderr(Redirect.DISCARD);
      assertEquals("end\n", textOf(options, "sh", "-c", "cat; echo lost >&2; echo end"));
      assertEquals(
          "error\nend\n",
          textOf(PIPES.withStderrToStdout(), "sh", "-c", "echo error >&2; echo end"));
      var nowhere = options.withStdout(Redirect.DISCARD);
      assertEquals(0, start(nowhere, "echo", "lost").waitFor());
      var together = PIPES.withStdout(Redirect.DISCARD).withStderrToStdout();
      assertEquals(0, start(together, "sh", "-c", "echo lost; echo lost >&2").waitFor());
    });
  }

  @Test
  @DisplayName(
      "a child reads, overwrites or appends to files, which are created if missing; their names are relative to the parent's directory")
  void files(@TempDir Path dir) {
    run(() -> {
      Path in = Files.writeString(dir.resolve("in"), "input\n");
      Path out = Files.writeString(dir.resolve("out"), "what was there before\n");
      Path log = Files.writeString(dir.resolve("log"), "before\n");
      var options = SubprocessOptions.defaults()
          .withStdin(Redirect.from(in.toFile()))
          .withStdout(Redirect.to(out.toFile()))
          .withStderr(Redirect.appendTo(log.toFile()));
      String[] command = {"sh", "-c", "cat; echo error >&2"};
      assertEquals(0, start(options, command).waitFor());
      assertEquals("input\n", Files.readString(out));
      assertEquals("before\nerror\n", Files.readString(log));

      Path made = dir.resolve("made");
      Path appended = dir.resolve("appended");
      options = options
          .withStdout(Redirect.to(made.toFile()))
          .withStderr(Redirect.appendTo(appended.toFile()));
      assertEquals(0, start(options, command).waitFor());
      assertEquals("input\n", Files.readString(made));
      assertEquals("error\n", Files.readString(appended));
      assertEquals(
          Files.getPosixFilePermissions(Files.createFile(dir.resolve("x"))),
          Files.getPosixFilePermissions(made));

      var relative = Redirect.from(new File("pom.xml"));
      assertTrue(textOf(PIPES.withStdin(relative).withCwd(dir), "cat").contains("<artifactId>"));
    });
  }

  @Test
  @DisplayName(
      "Weft uses the JDK if a redirect is a FIFO, whose opening can block and must not do so in a child that shares the parent's memory")
  void fifo(@TempDir Path dir) {
    run(() -> {
      Path fifo = dir.resolve("fifo");
      textOf(PIPES, "mkfifo", fifo.toString());
      var options = PIPES.withStdin(Redirect.from(fifo.toFile()));
      Task<Process> starting = loop.createTask(() -> start(false, options, "cat"));
      Asyncio.toThread(() -> Files.writeString(fifo, "text"));
      assertEquals("text", textOf(starting.await()));
    });
  }

  @Test
  @DisplayName("no signal is blocked in a child, and signals that end a program do so")
  void signals() {
    run(() -> {
      assertEquals(
          "SigBlk:\t0000000000000000\n", textOf(PIPES, "grep", "SigBlk", "/proc/self/status"));
      for (int signal : new int[] {13, 15}) {
        assertEquals(
            128 + signal,
            start(PIPES, "sh", "-c", "kill -" + signal + " $$; echo survived").waitFor());
      }
    });
  }

  @Test
  @DisplayName(
      "a child inherits the environment or gets exactly the given one; its text has the system's encoding")
  void environment() {
    run(() -> {
      assertEquals(System.getenv("PATH") + "\n", textOf(PIPES, "sh", "-c", "echo \"$PATH\""));
      assertEquals("", textOf(PIPES.withEnv(Map.of()), "env"));
      assertEquals("A=b=c\n", textOf(PIPES.withEnv(Map.of("A", "b=c")), "env"));
      assertEquals("A=\n", textOf(PIPES.withEnv(Map.of("A", "")), "env"));
      byte[] text = "gr\u00fcn".getBytes(Charset.forName(System.getProperty("sun.jnu.encoding")));
      assertArrayEquals(text, outputOf(start(PIPES, "printf", "%s", "gr\u00fcn")));
      assertArrayEquals(
          text,
          outputOf(start(
              PIPES.withEnv(Map.of("A", "gr\u00fcn", "PATH", "/none")),
              "sh",
              "-c",
              "printf %s \"$A\"")));
    });
  }

  @Test
  @DisplayName("PROC-12: input that no system accepts fails with the JDK's message")
  void impossible() {
    run(() -> {
      long before = pipes();
      assertThrows(IOException.class, () -> start(PIPES, "echo", "a\0b"));
      for (Map<String, String> env :
          List.of(Map.of("A=B", "C"), Map.of("A", "b\0c"), Map.of("A\0", "b"))) {
        assertThrows(IllegalArgumentException.class, () -> start(PIPES.withEnv(env), "true"));
      }
      assertPipes(before);
    });
  }

  @Test
  @DisplayName(
      "a program is searched in the parent's PATH or the child's directory; a script without an interpreter line runs in the shell")
  void programs(@TempDir Path dir) {
    run(() -> {
      Path script = Files.writeString(dir.resolve("weft-script"), "echo called with $1\n");
      assertTrue(script.toFile().setExecutable(true));
      // posix_spawnp does not start such a script, so Weft uses the JDK
      assertEquals("called with x\n", textOf(start(false, PIPES, script.toString(), "x")));
      assertEquals(
          "called with y\n", textOf(start(false, PIPES.withCwd(dir), "./weft-script", "y")));
      assertThrows(IOException.class, () -> start(PIPES, "./weft-script"));
      assertThrows(IOException.class, () -> start(PIPES.withCwd(dir), "weft-script"));
      assertEquals("x\n", textOf(PIPES.withEnv(Map.of("PATH", "/none")), "echo", "x"));
    });
  }

  @Test
  @DisplayName("PROC-12: the error of a program that cannot start contains the system's reason")
  void reasons(@TempDir Path dir) {
    run(() -> {
      var missing = assertThrows(IOException.class, () -> start(PIPES, "/no/such/program"));
      assertTrue(missing.getMessage().contains("No such file"), missing::toString);
      var refused = assertThrows(IOException.class, () -> start(PIPES, dir.toString()));
      assertTrue(refused.getMessage().contains("Permission denied"), refused::toString);
    });
  }

  @Test
  @DisplayName(
      "500 concurrent children each end with their own code, and leave no pipe and no zombie")
  void many() {
    run(() -> {
      long before = pipes();
      List<ProcessHandle> others = ProcessHandle.current().children().toList();
      var options = PIPES.withStdin(Redirect.DISCARD);
      var starting = new ArrayList<Task<Process>>();
      for (int i = 0; i < 500; i++) {
        String code = "exit " + i % 100;
        starting.add(loop.createTask(() -> start(options, "sh", "-c", code)));
      }
      for (int i = 0; i < 500; i++) {
        Process child = starting.get(i).await();
        child.communicate();
        assertEquals(i % 100, child.waitFor());
      }
      assertTrue(ProcessHandle.current().children().allMatch(others::contains));
      assertPipes(before);
    });
  }
}
