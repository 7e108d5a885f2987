package dev.weft.docs;

import dev.weft.docs.Markdown.Block;
import dev.weft.docs.Markdown.Line;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Copies the projects of {@code it/consumers} to the folder that the first argument names, where Maven's Invoker builds
 * them. The second argument is the version of Weft that they must ask for.
 *
 * <p>A comment {@code README.md: java} becomes the first block of README in that language. A free port stands in place of
 * 8888. The Kotlin project also gets the examples of the guide. Maven then runs on the JDK that runs this program.
 */
final class Consumers {

  private static final Path PROJECTS = Path.of("it", "consumers");
  private static final Path KOTLIN = Path.of("src", "site", "markdown", "kotlin.md");
  private static final Pattern BLOCK = Pattern.compile("(?://|<!--) (\\S+\\.md): (\\w+)(?: -->)?");

  private Consumers() {}

  public static void main(String[] args) throws IOException {
    Path target = Path.of(args[0]);
    String version = "<version>" + args[1] + "</version>";
    if (!block(Path.of("README.md"), "xml").contains(version)) {
      throw new IllegalStateException("README.md must name " + version);
    }
    delete(target);
    copy(target);
    new KotlinExamples(Markdown.read(KOTLIN).blocks())
        .write(target.resolve("kotlin/src/main/kotlin/docs"));
    var properties = new Properties();
    properties.setProperty(
        "invoker.environmentVariables.JAVA_HOME", System.getProperty("java.home"));
    try (var out = Files.newBufferedWriter(target.resolve("invoker.properties"))) {
      properties.store(out, null);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void copy(Path target) throws IOException {
    String port = Integer.toString(freePort());
    for (Path file : files(PROJECTS)) {
      Path copy = target.resolve(PROJECTS.relativize(file));
      Files.createDirectories(copy.getParent());
      Files.writeString(copy, withBlocks(Files.readString(file)).replace("8888", port));
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String withBlocks(String text) throws IOException {
    var filled = new StringBuilder();
    Matcher comment = BLOCK.matcher(text);
    while (comment.find()) {
      String block = block(Path.of(comment.group(1)), comment.group(2));
      comment.appendReplacement(filled, Matcher.quoteReplacement(block));
    }
    return comment.appendTail(filled).toString();
  }

  private static String block(Path document, String language) throws IOException {
    return Markdown.read(document).blocks().stream()
        .filter(block -> block.language().equals(language))
        .findFirst()
        .map(Consumers::code)
        .orElseThrow(() -> new IllegalStateException(document + " has no block in " + language));
  }

  private static String code(Block block) {
    return block.code().stream().map(Line::text).collect(Collectors.joining("\n"));
  }
}
