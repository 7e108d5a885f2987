package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.carrier.ChildExit;
import dev.weft.transport.SubprocessOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What {@link PosixSpawn} leaves to the JDK; {@code ChildStartTest} shows what both do. */
final class PosixSpawnTest {

  private static final int[] NO_PIPES = {-1, -1, -1};

  @BeforeEach
  void prepare() {
    assumeTrue(ChildKind.DIRECT.isPossible());
  }

  private static OptionalLong start(SubprocessOptions options, String... command) {
    return PosixSpawn.start(List.of(command), options, NO_PIPES);
  }

  @Test
  @DisplayName("the JDK's thread reaps a child that was started, with its value")
  void started() throws Exception {
    long pid = start(SubprocessOptions.defaults(), "sh", "-c", "exit 7").getAsLong();
    var handle = ProcessHandle.of(pid).orElseThrow();
    assertEquals(7, ChildExit.reap(pid).toCompletableFuture().get(20, TimeUnit.SECONDS));
    assertTrue(!handle.isAlive());
  }

  @Test
  @DisplayName("PROC-12: a start that fails leaves no child")
  void failed() {
    var options = SubprocessOptions.defaults();
    List<ProcessHandle> before = ProcessHandle.current().children().toList();
    assertEquals(OptionalLong.empty(), start(options, "/no/such/program"));
    assertEquals(OptionalLong.empty(), start(options, "/"));
    assertEquals(OptionalLong.empty(), start(options.withCwd(Path.of("/none")), "true"));
    assertTrue(ProcessHandle.current().children().allMatch(before::contains));
  }

  @Test
  @DisplayName("a child that is discarded is killed and reaped")
  void discarded() {
    long pid = start(SubprocessOptions.defaults(), "sleep", "1000").getAsLong();
    assertTrue(ProcessHandle.of(pid).isPresent());
    PosixSpawn.discard(pid);
    assertTrue(ProcessHandle.of(pid).isEmpty()); // a child that is not reaped is listed
  }

  @Test
  @DisplayName(
      "a pipe with one of the first three numbers is left to the JDK, because it would be overwritten before it is copied")
  void lowDescriptor() {
    for (int fd = 0; fd <= 2; fd++) {
      assertEquals(
          OptionalLong.empty(),
          PosixSpawn.start(List.of("true"), SubprocessOptions.pipes(), new int[] {-1, fd, -1}));
    }
  }
}
