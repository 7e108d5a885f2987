package dev.weft.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.selector.ChildKind;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Base class of tests with children. It has a loop with the system's clock and one kind of pipes, and records the
 * errors that the loop reports. A test fails if an error is left at its end.
 */
abstract class ChildTest {

  final ChildKind kind;
  final EventLoop loop = EventLoop.newEventLoop();
  final List<ExceptionContext> reported = new ArrayList<>();

  ChildTest(ChildKind kind) {
    this.kind = kind;
    kind.set(loop);
  }

  @BeforeEach
  final void recordErrors() {
    loop.setExceptionHandler((source, record) -> reported.add(record));
  }

  @AfterEach
  final void nothingReported() {
    loop.close();
    assertEquals(List.of(), reported);
  }

  final void run(ThrowingRunnable<?> test) {
    loop.runUntilComplete(test);
  }

  /** A shell with a pipe for each of its three streams. */
  static Process shell(String command) throws IOException {
    return Asyncio.createSubprocessShell(command, SubprocessOptions.pipes());
  }

  /** The number of open pipes of this process. */
  static long pipes() throws IOException {
    long count = 0;
    try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path each : all) {
        try {
          if (Files.readSymbolicLink(each).toString().startsWith("pipe:")) {
            count++;
          }
        } catch (NoSuchFileException closed) {
          // closed since the listing
        }
      }
    }
    return count;
  }

  /** Waits until at most {@code before} pipes are open, because the JDK closes some on its own threads. */
  static void assertPipes(long before) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> pipes() <= before);
  }
}
