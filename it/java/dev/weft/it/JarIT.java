package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.examples.SayAfter;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Weft;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar, started in each way that README names, and without any of them. */
@Timeout(60)
class JarIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String OPENS = "--add-opens java.base/java.lang=";

  @Test
  @DisplayName("java -jar: the manifest opens what is needed; the demonstration has one carrier")
  void executable() throws Exception {
    try (Peer demo = Weft.java("-jar", Weft.jar(), 100, 0.5)) {
      assertEquals(0, demo.waitFor(SOON), demo::output);
      String output = demo.output();
      assertTrue(output.contains("100 clients and their server exchanged "), output);
      assertTrue(output.matches("(?s).*\nOS threads used +1\ncarrier +\\S[^,\n]*\n"), output);
    }
  }

  @Test
  @DisplayName("class path: --add-opens on the command line")
  void classPath() throws Exception {
    try (Peer app =
        Weft.java("--add-opens", "java.base/java.lang=ALL-UNNAMED", "-cp", classes(), sayAfter())) {
      assertSaid(app);
    }
  }

  @Test
  @DisplayName("class path: -javaagent alone")
  void agent() throws Exception {
    try (Peer app = Weft.java("-javaagent:" + Weft.jar(), "-cp", classes(), sayAfter())) {
      assertSaid(app);
    }
  }

  @Test
  @DisplayName("class path: with neither, the first loop fails and says what to do")
  void neither() throws Exception {
    try (Peer app = Weft.java("-cp", classes(), sayAfter())) {
      assertRemedy(app, "ALL-UNNAMED");
    }
  }

  @Test
  @DisplayName("module path: --add-opens to dev.weft, or the agent; with neither, what to do")
  void modulePath(@TempDir Path dir) throws Exception {
    Path module = compileModule(dir);
    String path = Weft.jar() + ":" + Weft.jar().resolveSibling("lib") + ":" + module;
    try (Peer app = Weft.java(
        "--add-opens", "java.base/java.lang=dev.weft", "-p", path, "-m", "app/app.Main")) {
      assertSaid(app);
    }
    try (Peer app = Weft.java("-javaagent:" + Weft.jar(), "-p", path, "-m", "app/app.Main")) {
      assertSaid(app);
    }
    try (Peer app = Weft.java("-p", path, "-m", "app/app.Main")) {
      assertRemedy(app, "dev.weft");
    }
  }

  private static Path compileModule(Path dir) throws Exception {
    Path descriptor =
        Files.writeString(dir.resolve("module-info.java"), "module app { requires dev.weft; }");
    Path main = Files.writeString(dir.resolve("Main.java"), """
        package app;

        import static dev.weft.Asyncio.*;

        public class Main {
          public static void main(String[] args) {
            if (!Main.class.getModule().isNamed()) throw new AssertionError();
            if (!dev.weft.Asyncio.class.getModule().isNamed()) throw new AssertionError();
            run(() -> {
              var world = createTask(() -> System.out.println("world"));
              System.out.println("hello");
              await(world);
            });
          }
        }
        """);
    Path out = dir.resolve("classes");
    int failed = ToolProvider.getSystemJavaCompiler()
        .run(
            null,
            null,
            null,
            "-p",
            Weft.jar() + ":" + Weft.jar().resolveSibling("lib"),
            "-d",
            out.toString(),
            descriptor.toString(),
            main.toString());
    assertEquals(0, failed);
    return out;
  }

  private static String classes() {
    return Weft.jar() + ":" + Weft.examples();
  }

  private static String sayAfter() {
    return SayAfter.class.getName();
  }

  private static void assertSaid(Peer app) {
    assertEquals(0, app.waitFor(SOON), app::output);
    assertTrue(app.output().contains("hello\nworld\n"), app.output());
  }

  private static void assertRemedy(Peer app, String to) {
    assertNotEquals(0, app.waitFor(SOON));
    String output = app.output();
    assertTrue(output.contains(OPENS + to + " "), output);
    assertTrue(output.contains("-javaagent:weft.jar"), output);
    assertTrue(output.contains("Add-Opens: java.base/java.lang"), output);
  }
}
