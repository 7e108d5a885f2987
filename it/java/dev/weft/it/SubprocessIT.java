package dev.weft.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Asyncio;
import dev.weft.process.Process;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class SubprocessIT {

  private static Process piped(String... command) throws IOException {
    return Asyncio.createSubprocessExec(
        List.of(command), SubprocessOptions.pipes().withStderr(Redirect.INHERIT));
  }

  /** Copies one child's output to another's input, as the shell's bar does. */
  private static void copy(Process from, Process to) throws IOException {
    for (byte[] part; (part = from.stdout().read(65536)).length > 0; ) {
      to.stdin().write(part);
      to.stdin().drain();
    }
    to.stdin().close();
  }

  @Test
  @DisplayName("yes | head -c 200000000 | sha256sum, three children joined by the loop")
  void pipeline() {
    Asyncio.run(() -> {
      Process yes = piped("yes");
      Process head = piped("head", "-c", "200000000");
      Process sum = piped("sha256sum");
      var first = Asyncio.createTask(() -> {
        try {
          copy(yes, head);
        } catch (IOException gone) {
          yes.kill(); // head has enough
        }
      });
      copy(head, sum);
      String digest = new String(sum.stdout().read(), UTF_8);
      first.await();
      assertEquals(-9, yes.waitFor());
      assertEquals(0, sum.waitFor());
      Process expected = Asyncio.createSubprocessShell(
          "yes | head -c 200000000 | sha256sum", SubprocessOptions.pipes());
      assertEquals(new String(expected.communicate().stdout(), UTF_8), digest);
    });
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
  @DisplayName("500 children at once, of which neither threads nor descriptors stay")
  void many() throws IOException {
    Asyncio.run(() -> piped("true").communicate()); // what is opened once
    long before = descriptors();
    Asyncio.run(() -> {
      var children = new ArrayList<Callable<String>>();
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
}
