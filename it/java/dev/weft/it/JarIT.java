package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.Weft;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar as a plain dependency: no flag, and no output except the program's own. */
@Timeout(60)
class JarIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final String SAID = "hello\nworld\n";

  private static final String MAIN = """
      package app;

      import static dev.weft.Asyncio.*;

      public class Main {
        public static void main(String[] args) {
          run(() -> {
            var world = createTask(() -> System.out.println("world"));
            System.out.println("hello");
            await(world);
          });
        }
      }
      """;

  @TempDir
  private Path folder;

  private Path source;

  @BeforeEach
  void write() throws IOException {
    source = Files.writeString(
        Files.createDirectories(folder.resolve("app")).resolve("Main.java"), MAIN);
  }

  private static void tool(String name, Object... arguments) {
    String[] all = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
    assertEquals(0, ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, all));
  }

  private Path classes() {
    Path out = folder.resolve("classes");
    tool("javac", "-Xlint:all", "-Werror", "-cp", Weft.path(), "-d", out, source);
    return out;
  }

  private Path module() throws IOException {
    Path out = folder.resolve("module");
    Path descriptor =
        Files.writeString(folder.resolve("module-info.java"), "module app { requires dev.weft; }");
    tool("javac", "-Xlint:all", "-Werror", "-p", Weft.path(), "-d", out, descriptor, source);
    return out;
  }

  private static void assertSays(Peer app) {
    assertEquals(0, app.waitFor(SOON), app::output);
    assertEquals(SAID, app.output());
  }

  private static void assertRefused(Peer app, String to) {
    assertNotEquals(0, app.waitFor(SOON));
    assertTrue(app.output().contains("--add-opens java.base/java.lang=" + to + ","), app.output());
  }

  @Test
  @DisplayName(
      "the jar is a library: it starts nothing, names no other jar and opens nothing to others")
  void manifest() throws IOException {
    try (JarFile jar = new JarFile(Weft.jar().toFile())) {
      Manifest manifest = jar.getManifest();
      for (String entry : List.of(
          "Main-Class",
          "Class-Path",
          "Add-Opens",
          "Add-Exports",
          "Launcher-Agent-Class",
          "Premain-Class",
          "Agent-Class",
          "Enable-Native-Access")) {
        assertEquals(null, manifest.getMainAttributes().getValue(entry), entry);
      }
      assertTrue(jar.getEntry("module-info.class") != null);
    }
  }

  @Test
  @DisplayName("class path")
  void classPath() throws Exception {
    String path = Weft.path() + File.pathSeparator + classes();
    try (Peer app = Weft.java("-cp", path, "app.Main")) {
      assertSays(app);
    }
    try (Peer app = Weft.java("-Dweft.flagless=false", "-cp", path, "app.Main")) {
      assertRefused(app, "ALL-UNNAMED");
    }
  }

  @Test
  @DisplayName("module path")
  void modulePath() throws Exception {
    String path = Weft.path() + File.pathSeparator + module();
    try (Peer app = Weft.java("-p", path, "-m", "app/app.Main")) {
      assertSays(app);
    }
    try (Peer app = Weft.java("-Dweft.flagless=false", "-p", path, "-m", "app/app.Main")) {
      assertRefused(app, "dev.weft");
    }
  }

  @Test
  @DisplayName("an executable jar whose manifest opens java.lang")
  void executable() throws Exception {
    Path jar = folder.resolve("app.jar");
    String path = Stream.of(Weft.path().split(File.pathSeparator))
        .map(entry -> Path.of(entry).toUri().toString())
        .collect(Collectors.joining(" "));
    Path manifest = Files.writeString(
        folder.resolve("manifest"), "Add-Opens: java.base/java.lang\nClass-Path: " + path + "\n");
    tool("jar", "-c", "-f", jar, "-m", manifest, "-e", "app.Main", "-C", classes(), ".");
    try (Peer app = Weft.java("-Dweft.flagless=false", "-jar", jar)) {
      assertSays(app);
    }
  }

  @Test
  @DisplayName("one jar with everything in it")
  void shaded() throws Exception {
    Path all = classes();
    for (String entry : Weft.path().split(File.pathSeparator)) {
      Process unpacking = new ProcessBuilder(javaTool("jar"), "-xf", entry)
          .directory(all.toFile())
          .inheritIO()
          .start();
      assertEquals(0, unpacking.waitFor());
    }
    Path jar = folder.resolve("all.jar");
    tool(
        "jar",
        "-c",
        "-f",
        jar,
        "-e",
        "app.Main",
        "-C",
        all,
        "app",
        "-C",
        all,
        "dev",
        "-C",
        all,
        "org");
    try (Peer app = Weft.java("-jar", jar)) {
      assertSays(app);
    }
  }

  @Test
  @DisplayName("a source file")
  void sourceFile() throws Exception {
    try (Peer app = Weft.java("-cp", Weft.path(), source)) {
      assertSays(app);
    }
  }

  @Test
  @DisplayName("JShell")
  void jshell() throws Exception {
    try (Peer shell =
        Peers.start(List.of(javaTool("jshell"), "-s", "--class-path", Weft.path()), "-")) {
      shell.stdin().write("""
          import static dev.weft.Asyncio.*;
          run(() -> System.out.println("hello\\nworld"));
          /exit
          """.getBytes(StandardCharsets.UTF_8));
      shell.stdin().close();
      assertEquals(0, shell.waitFor(SOON), shell::output);
      assertTrue(shell.output().endsWith(SAID), shell.output()); // JShell may print its settings
      assertFalse(shell.output().contains("WARN"), shell.output());
    }
  }

  @Test
  @DisplayName("a jlink image")
  void image() throws Exception {
    Path image = folder.resolve("image");
    tool(
        "jlink",
        "-p",
        Weft.path() + File.pathSeparator + module(),
        "--add-modules",
        "app",
        "--launcher",
        "app=app/app.Main",
        "--output",
        image);
    try (Peer app = Peers.start(List.of(image.resolve("bin").resolve("app").toString()))) {
      assertSays(app);
    }
  }

  private static String javaTool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }
}
