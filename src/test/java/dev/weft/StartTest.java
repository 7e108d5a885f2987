package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a program loads that does next to nothing: each of these costs its start milliseconds. */
class StartTest {

  /** Hello. */
  static final class Hello {
    public static void main(String[] args) {
      Asyncio.run(() -> System.out.println("hello"));
    }
  }

  private static List<String> loaded() {
    var options = List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED", "-Xlog:class+load");
    ChildJvm.Outcome outcome = ChildJvm.run(options, Hello.class);
    assertEquals(0, outcome.exitCode(), outcome::output);
    List<String> loaded = outcome.output().lines().toList();
    assertTrue(loaded.contains("hello"), outcome::output);
    return loaded;
  }

  private static List<String> having(List<String> lines, String pattern) {
    return lines.stream().filter(line -> line.matches(".*(" + pattern + ").*")).toList();
  }

  @Test
  @DisplayName("hello needs neither management nor sockets, and spins few classes")
  void little() {
    List<String> loaded = loaded();
    assertEquals(
        List.of(),
        having(loaded, "java\\.lang\\.management\\.|javax\\.net\\.|NioSocketImpl|\\$StringConcat"));
    List<String> spun = having(loaded, " dev\\.weft\\.(loop|selector|carrier)\\.\\S*\\$\\$Lambda");
    assertTrue(!spun.isEmpty() && spun.size() <= 30, () -> spun.size() + ": " + spun);
  }
}
