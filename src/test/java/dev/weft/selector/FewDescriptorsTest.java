package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.process.Process;
import dev.weft.testkit.ChildJvm;
import dev.weft.transport.SubprocessOptions;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Children of a process that has few descriptors left. */
@EnabledOnOs(OS.LINUX)
final class FewDescriptorsTest {

  private static final List<String> OPTIONS = List.of("--enable-native-access=ALL-UNNAMED");

  private static ChildJvm.Outcome run(String program, Object... arguments) {
    return ChildJvm.runAfter(
        "ulimit -n 200",
        OPTIONS,
        Program.class,
        Stream.concat(Stream.of(program), Stream.of(arguments))
            .map(Object::toString)
            .toArray(String[]::new));
  }

  private static void assertHeld(ChildJvm.Outcome outcome) {
    String said = "closed by others: 0, children left: 0";
    assertTrue(outcome.output().lines().toList().contains(said), outcome::output);
    assertEquals(0, outcome.exitCode(), outcome::output);
  }

  @ParameterizedTest
  @EnumSource(ChildKind.class)
  @DisplayName(
      "with few descriptors left, a start works or is an IOException, closes no other descriptor, and leaves no child")
  void starts(ChildKind kind) {
    assumeTrue(kind.isPossible());
    assertHeld(run("starts", kind));
  }

  @Test
  @DisplayName(
      "with few descriptors left, sending a signal closes no other descriptor, and a child can be ended")
  void signals() {
    assertHeld(run("signals"));
  }

  /** The program with few descriptors. */
  static final class Program {

    /** More than the threads that start children, each of which has started one before. */
    private static final int FIRST = 40;

    private static final int MOST_LEFT = 36;
    private static final SubprocessOptions PIPES = SubprocessOptions.pipes();

    private static final List<FileInputStream> OTHERS = new ArrayList<>();
    private static int closed;

    public static void main(String[] arguments) throws Exception {
      loadClasses();
      EventLoop loop = EventLoop.newEventLoop();
      if (arguments[0].equals("starts")) {
        ChildKind.valueOf(arguments[1]).set(loop);
        loop.runUntilComplete(Program::starts);
      } else {
        loop.runUntilComplete(Program::signals);
      }
      loop.close();
      System.out.println("closed by others: " + closed + ", children left: "
          + ProcessHandle.current().children().count());
    }

    /** Loading a class from a folder takes a descriptor, loading one from a jar does not. */
    private static void loadClasses() throws Exception {
      Path folder = Path.of(
          EventLoop.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each :
            files.filter(file -> file.toString().endsWith(".class")).toList()) {
          String name = folder.relativize(each).toString().replace('/', '.');
          if (!name.endsWith("-info.class")) {
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                Program.class.getClassLoader());
          }
        }
      }
    }

    private static void starts() throws Exception {
      for (int i = 0; i < FIRST; i += 8) {
        var started = new ArrayList<Task<?>>();
        for (int k = 0; k < 8; k++) {
          started.add(Asyncio.createTask(Program::start));
        }
        started.forEach(Asyncio::await);
      }
      for (int left = MOST_LEFT; left >= 0; left--) { // the classes for a failure take some too
        for (var options : List.of(PIPES, SubprocessOptions.defaults())) {
          release();
          leave(left);
          boolean works = works(options);
          look();
          assertTrue(works || left < MOST_LEFT, options::toString);
        }
      }
    }

    private static void start() throws IOException {
      Asyncio.createSubprocessExec(List.of("true"), PIPES).waitFor();
    }

    private static boolean works(SubprocessOptions options) throws InterruptedException {
      Process child;
      try {
        child = Asyncio.createSubprocessExec(List.of("true"), options);
      } catch (IOException e) {
        return false;
      }
      child.waitFor();
      return true;
    }

    private static void signals() throws Exception {
      for (int left = MOST_LEFT; left >= 0; left--) {
        release();
        Process child = Asyncio.createSubprocessExec(List.of("sleep", "20"), PIPES);
        leave(left);
        child.sendSignal(28); // SIGWINCH, which it ignores
        child.terminate(); // after it
        child.waitFor();
        look();
      }
    }

    /** Opens descriptors until only that number is left. */
    private static void leave(int count) throws IOException {
      try {
        while (true) {
          OTHERS.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException none) {
        for (int i = 0; i < count; i++) {
          OTHERS.remove(OTHERS.size() / 2).close();
        }
      }
    }

    private static void release() throws IOException {
      for (var each : OTHERS) {
        each.close();
      }
      OTHERS.clear();
    }

    /** Finds out which code has lost a descriptor. */
    private static void look() {
      for (var each : OTHERS) {
        try {
          each.read();
        } catch (IOException e) {
          closed++;
        }
      }
    }
  }
}
