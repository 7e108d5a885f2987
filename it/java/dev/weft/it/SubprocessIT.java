package dev.weft.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.examples.Pipeline;
import dev.weft.it.support.Weft;
import dev.weft.loop.ThrowingCallable;
import dev.weft.process.Process;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SubprocessIT {

  private static Process piped(String... command) throws IOException {
    return Asyncio.createSubprocessExec(
        List.of(command), SubprocessOptions.pipes().withStderr(Redirect.INHERIT));
  }

  @Test
  @DisplayName(
      "yes | head -c 200000000 | sha256sum, three children joined by a loop with a small heap")
  void pipeline() throws Exception {
    try (var program = Weft.example(Pipeline.class, "20m", 200_000_000)) {
      assertEquals(0, program.waitFor(Duration.ofSeconds(50)), program::output);
      var shell = new ProcessBuilder("sh", "-c", "yes | head -c 200000000 | sha256sum").start();
      String expected = new String(shell.getInputStream().readAllBytes(), UTF_8);
      assertTrue(program.output().endsWith("yes -9, sha256sum 0\n" + expected), program::output);
    }
  }

  private static long descriptors() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private static List<String> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("weft-spawner") || name.startsWith("weft-pipe"))
        .toList();
  }

  @Test
  @DisplayName("500 concurrent children leave neither threads nor descriptors behind")
  void many() throws IOException {
    Asyncio.run(() -> piped("true").communicate()); // what is opened once
    long before = descriptors();
    Asyncio.run(() -> {
      var children = new ArrayList<ThrowingCallable<String, ?>>();
      for (int i = 0; i < 500; i++) {
        byte[] text = ("child " + i).getBytes(UTF_8);
        children.add(() -> new String(piped("cat").communicate(text).stdout(), UTF_8));
      }
      List<String> outputs = dev.weft.task.Gather.ofCoroutines(children).await();
      for (int i = 0; i < 500; i++) {
        assertEquals("child " + i, outputs.get(i));
      }
    });
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> descriptors() <= before && ownThreads().isEmpty());
  }

  @Test
  @DisplayName(
      "PROC-12: 100 failures to start a child leave neither threads nor descriptors behind")
  void failures() throws IOException {
    Asyncio.run(() -> piped("true").communicate()); // what is opened once
    long before = descriptors();
    Asyncio.run(() -> {
      for (int i = 0; i < 100; i++) {
        assertThrows(IOException.class, () -> piped("/no/such/program"));
      }
    });
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> descriptors() <= before && ownThreads().isEmpty());
  }
}
