package dev.weft.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.docs.Markdown.Block;
import dev.weft.docs.Markdown.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the Javadoc of the exported packages compile without a warning. */
class JavadocExamplesTest {

  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final String BEGIN = "<pre>{@code";
  private static final String END = "}</pre>";
  private static final Pattern MARGIN = Pattern.compile("^ *\\* ?");

  /** Imports, and what the examples use but do not declare. */
  private static final String CONTEXT = """
      with
      import com.sun.net.httpserver.HttpServer;
      import com.zaxxer.hikari.HikariConfig;
      import dev.weft.loop.Future;
      import dev.weft.process.Process;
      import dev.weft.sync.PriorityQueue;
      import dev.weft.sync.Queue;
      import dev.weft.sync.Semaphore;
      import java.lang.ProcessBuilder.Redirect;
      import java.net.*;
      import javax.net.*;
      import javax.net.ssl.*;
      interface AnyProtocol extends Protocol, DatagramProtocol {}
      record Page(String text) {}
      EventLoop loop;
      StreamReader reader;
      StreamWriter writer;
      ClientHandler handler;
      AnyProtocol protocol;
      Connection connection;
      InetSocketAddress address;
      CountDownLatch stopped;
      HikariConfig config;
      TaskGroup group;
      List<Task<String>> tasks;
      List<String> urls;
      String url;
      String host;
      String otherHost;
      int port;
      String fetch(String name) throws IOException { throw new IOException(name); }
      <T> T fetch(Connection connection) throws IOException { throw new IOException(); }
      void sayGoodbye(Connection connection) {}
      void refreshCache() {}
      void sendHeartbeats() {}
      void prepare() {}
      void go() {}
      """;

  @TempDir
  static Path classes;

  @TestFactory
  Stream<DynamicTest> examples() throws IOException {
    var examples = new ArrayList<Example>();
    for (String name : Example.exportedPackages()) {
      try (Stream<Path> files = Files.list(SOURCES.resolve(name.replace('.', '/')))) {
        for (Path file :
            files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
          addExamples(file, examples);
        }
      }
    }
    var compiled = Compilation.of(examples, classes);
    return examples.stream()
        .map(example -> DynamicTest.dynamicTest(
            example.place(), () -> assertEquals(List.of(), compiled.complaints(example))));
  }

  private static void addExamples(Path file, List<Example> examples) throws IOException {
    List<String> text = Files.readAllLines(file);
    for (int i = 0; i < text.size(); i++) {
      if (text.get(i).endsWith(BEGIN)) {
        int begin = i + 1;
        var code = new ArrayList<Line>();
        while (!text.get(++i).endsWith(END)) {
          code.add(new Line(i + 1, statement(MARGIN.matcher(text.get(i)).replaceFirst(""))));
        }
        examples.add(new Example(new Block(file, begin, "java", code, List.of(context()))));
      }
    }
  }

  /** Indents a line, so that a class of an example becomes a local class of the fragment. */
  private static String statement(String line) {
    return line.startsWith("import ") ? line : " " + line;
  }

  private static List<Line> context() {
    return CONTEXT.lines().map(line -> new Line(0, line)).toList();
  }
}
