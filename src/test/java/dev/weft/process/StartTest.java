package dev.weft.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.Task;
import dev.weft.selector.ChildKind;
import dev.weft.transport.SubprocessOptions;
import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a child has from its parent, whoever starts it. */
@ParameterizedClass
@EnumSource(ChildKind.class)
final class StartTest extends ChildTest {

  private static final SubprocessOptions PIPES = SubprocessOptions.pipes();

  StartTest(ChildKind kind) {
    super(kind);
  }

  private static byte[] outputOf(SubprocessOptions options, String... command) throws IOException {
    Process child = Asyncio.createSubprocessExec(List.of(command), options);
    Process.Output output = child.communicate();
    assertEquals(0, child.waitFor());
    return output.stdout();
  }

  private static String textOf(SubprocessOptions options, String... command) throws IOException {
    return new String(outputOf(options, command), UTF_8);
  }

  private SubprocessTransport start(SubprocessOptions options, String... command)
      throws IOException {
    return loop.subprocessExec(() -> new SubprocessProtocol() {}, List.of(command), options)
        .transport();
  }

  @Test
  @DisplayName("which way a child was started can be seen")
  void choice() {
    run(() -> {
      SubprocessTransport child = start(PIPES, "cat");
      assertEquals(
          kind == ChildKind.DIRECT, child.toString().contains("posix_spawn"), child::toString);
      child.close();
    });
  }

  @Test
  @DisplayName("a child has three descriptors and no others")
  void descriptors() {
    run(() -> {
      // the fourth is that of the listing
      assertEquals("0\n1\n2\n3\n", textOf(PIPES, "ls", "/proc/self/fd"));
      var files =
          PIPES.withStdin(Redirect.DISCARD).withStderr(Redirect.DISCARD).withCwd(Path.of("/"));
      assertEquals("0\n1\n2\n3\n", textOf(files, "ls", "/proc/self/fd"));
    });
  }

  @Test
  @DisplayName("what is inherited is the same file")
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
      "what is discarded is read as empty and written nowhere; errors can go where output goes")
  void discarded() {
    run(() -> {
      var options = PIPES.withStdin(Redirect.DISCARD).withStderr(Redirect.DISCARD);
      assertEquals("end\n", textOf(options, "sh", "-c", "cat; echo lost >&2; echo end"));
      assertEquals(
          "error\nend\n",
          textOf(PIPES.withStderrToStdout(), "sh", "-c", "echo error >&2; echo end"));
      var nowhere = options.withStdout(Redirect.DISCARD);
      assertEquals(
          0, Asyncio.createSubprocessExec(List.of("echo", "lost"), nowhere).waitFor());
      var together = PIPES.withStdout(Redirect.DISCARD).withStderrToStdout();
      assertEquals(
          0, Asyncio.createSubprocessShell("echo lost; echo lost >&2", together).waitFor());
    });
  }

  @Test
  @DisplayName(
      "files are read, emptied or appended to, and made if there are none; their names are ours, not the child's")
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
      assertEquals(0, Asyncio.createSubprocessExec(List.of(command), options).waitFor());
      assertEquals("input\n", Files.readString(out));
      assertEquals("before\nerror\n", Files.readString(log));

      Path made = dir.resolve("made");
      Path appended = dir.resolve("appended");
      options = options
          .withStdout(Redirect.to(made.toFile()))
          .withStderr(Redirect.appendTo(appended.toFile()));
      assertEquals(0, Asyncio.createSubprocessExec(List.of(command), options).waitFor());
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
  @DisplayName("a FIFO's reader waits for its writer, and for nobody else")
  void fifo(@TempDir Path dir) {
    run(() -> {
      Path fifo = dir.resolve("fifo");
      textOf(PIPES, "mkfifo", fifo.toString());
      Task<String> reading =
          loop.createTask(() -> textOf(PIPES.withStdin(Redirect.from(fifo.toFile())), "cat"));
      Task<SubprocessTransport> other = loop.createTask(() -> start(PIPES, "true"));
      other.await();
      Asyncio.toThread(() -> Files.writeString(fifo, "text"));
      assertEquals("text", reading.await());
    });
  }

  @Test
  @DisplayName("no signal is blocked, those that end a program do")
  void signals() {
    run(() -> {
      assertEquals(
          "SigBlk:\t0000000000000000\n", textOf(PIPES, "grep", "SigBlk", "/proc/self/status"));
      for (int signal : new int[] {13, 15}) {
        assertEquals(
            128 + signal, shell("kill -" + signal + " $$; echo survived").waitFor());
      }
    });
  }

  @Test
  @DisplayName(
      "the environment is inherited, or exactly what is given; any text is passed as the system's")
  void environment() {
    run(() -> {
      assertEquals(System.getenv("PATH") + "\n", textOf(PIPES, "sh", "-c", "echo \"$PATH\""));
      assertEquals("", textOf(PIPES.withEnv(Map.of()), "env"));
      assertEquals("A=b=c\n", textOf(PIPES.withEnv(Map.of("A", "b=c")), "env"));
      assertEquals("A=\n", textOf(PIPES.withEnv(Map.of("A", "")), "env"));
      byte[] text = "gr\u00fcn".getBytes(Charset.forName(System.getProperty("sun.jnu.encoding")));
      assertArrayEquals(text, outputOf(PIPES, "printf", "%s", "gr\u00fcn"));
      assertArrayEquals(
          text,
          outputOf(
              PIPES.withEnv(Map.of("A", "gr\u00fcn", "PATH", "/none")),
              "sh",
              "-c",
              "printf %s \"$A\""));
    });
  }

  @Test
  @DisplayName("PROC-12: what no system takes fails, as the JDK says it")
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
      "a program is looked for in our PATH, or in the child's directory; one without a first line is the shell's")
  void programs(@TempDir Path dir) {
    run(() -> {
      Path script = Files.writeString(dir.resolve("weft-script"), "echo called with $1\n");
      assertTrue(script.toFile().setExecutable(true));
      assertEquals("called with x\n", textOf(PIPES, script.toString(), "x"));
      assertEquals("called with y\n", textOf(PIPES.withCwd(dir), "./weft-script", "y"));
      assertThrows(IOException.class, () -> start(PIPES, "./weft-script"));
      assertThrows(IOException.class, () -> start(PIPES.withCwd(dir), "weft-script"));
      assertEquals("x\n", textOf(PIPES.withEnv(Map.of("PATH", "/none")), "echo", "x"));
    });
  }

  @Test
  @DisplayName("PROC-12: the JDK says why a program cannot be started")
  void reasons(@TempDir Path dir) {
    run(() -> {
      var missing = assertThrows(IOException.class, () -> start(PIPES, "/no/such/program"));
      assertTrue(missing.getMessage().contains("No such file"), missing::toString);
      var refused = assertThrows(IOException.class, () -> start(PIPES, dir.toString()));
      assertTrue(refused.getMessage().contains("Permission denied"), refused::toString);
    });
  }

  @Test
  @DisplayName("500 at once: each ends with its own code, none leaves a pipe or a zombie")
  void many() {
    run(() -> {
      long before = pipes();
      var starting = new ArrayList<Task<SubprocessTransport>>();
      for (int i = 0; i < 500; i++) {
        String code = "exit " + i % 100;
        starting.add(
            loop.createTask(() -> start(PIPES.withStdin(Redirect.DISCARD), "sh", "-c", code)));
      }
      for (int i = 0; i < 500; i++) {
        SubprocessTransport child = starting.get(i).await();
        while (child.getReturncode().isEmpty()) {
          Task.sleep(Duration.ofMillis(1));
        }
        assertEquals(i % 100, child.getReturncode().getAsInt());
        child.close();
      }
      assertEquals(
          0, ProcessHandle.current().children().filter(ProcessHandle::isAlive).count());
      assertPipes(before);
    });
  }
}
