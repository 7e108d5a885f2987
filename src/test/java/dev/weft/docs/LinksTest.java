package dev.weft.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.docs.Markdown.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Links within README, CONTRIBUTING and the guide lead to files and headings that exist. */
class LinksTest {

  @Test
  void noLinkIsBroken() throws IOException {
    var documents = new ArrayList<>(Markdown.guide());
    documents.add(Markdown.read(Path.of("CONTRIBUTING.md")));
    var broken = new ArrayList<String>();
    for (Markdown document : documents) {
      for (Link link : document.links()) {
        if (!leadsSomewhere(document, link.target())) {
          broken.add(document.file() + ":" + link.line() + ": " + link.target());
        }
      }
    }
    assertEquals("", String.join("\n", broken));
  }

  private static boolean leadsSomewhere(Markdown from, String target) throws IOException {
    if (target.matches("[a-z]+:.*")) {
      return true; // a link to another site
    }
    int sign = target.indexOf('#');
    String path = sign < 0 ? target : target.substring(0, sign);
    Path file = path.isEmpty() ? from.file() : from.file().resolveSibling(path).normalize();
    if (!Files.exists(file)) {
      return false;
    }
    return sign < 0 || Markdown.read(file).anchors().contains(target.substring(sign + 1));
  }
}
