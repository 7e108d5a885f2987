package dev.weft.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.docs.Markdown.Block;
import dev.weft.docs.Markdown.Line;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The answers on the page about JShell are those of JShell. */
class JShellTest {

  private static final String PROMPT = "jshell> ";

  @Test
  @Tag("slow")
  void thePageIsTrue() throws IOException {
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      for (Block block : Markdown.read(Path.of("src/site/markdown/jshell.md")).blocks()) {
        if (block.language().equals("jshell")) {
          play(shell, block.code());
        }
      }
    }
  }

  private static void play(JShell shell, List<Line> lines) {
    var shown = new ArrayList<String>();
    var answered = new ArrayList<String>();
    for (Line line : lines) {
      shown.add(line.text());
      if (line.text().startsWith(PROMPT)) {
        answered.add(line.text());
        String input = line.text().substring(PROMPT.length()).replaceFirst("[^;]$", "$0;");
        for (SnippetEvent event : shell.eval(input)) {
          assertEquals(Snippet.Status.VALID, event.status(), line.text());
          assertEquals(null, event.exception(), line.text());
          answer(event).ifPresent(answered::add);
        }
      }
    }
    assertEquals(shown, answered);
  }

  /** JShell's output for an expression. The page omits the output for declarations. */
  private static Optional<String> answer(SnippetEvent event) {
    boolean value = event.snippet().subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
    return value
        ? Optional.of("$" + event.snippet().id() + " ==> " + event.value())
        : Optional.empty();
  }
}
