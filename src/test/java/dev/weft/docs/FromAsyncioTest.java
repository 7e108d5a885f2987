package dev.weft.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Asyncio;
import java.io.IOException;
import java.lang.reflect.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each name in the right column of the tables of "From asyncio" exists. */
class FromAsyncioTest {

  private static final Pattern ROW = Pattern.compile("\\|.*\\|(.*)\\|");
  private static final Pattern NAME =
      Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`|`([A-Z][a-z]\\w+)`|`([a-z]\\w+)`");
  // a method whose comment names asyncio's: the two names
  private static final Pattern CITED = Pattern.compile(
      "/\\*\\*(?:(?!\\*/)[\\s\\S])*?\\(\\{@code (\\w+)}(?:(?!\\*/)[\\s\\S])*\\*/\\s*(?:@[^\n]*\n\\s*)*[^;{/(]*?\\b(\\w+)\\(");
  // an attribute, and an overload whose other form has the name
  private static final List<String> OTHER_WORDS =
      List.of("getSlowCallbackDuration", "setSlowCallbackDuration", "resultsAsCompleted");
  private static final List<String> OTHER_TABLES =
      List.of("## What changes", "## Exceptions", "## Examples");

  @Test
  void allNamesExist() throws IOException {
    var unknown = new ArrayList<String>();
    String section = "";
    for (Markdown.Line line :
        Markdown.read(Path.of("src/site/markdown/from-asyncio.md")).prose()) {
      section = line.text().startsWith("## ") ? line.text() : section;
      Matcher row = ROW.matcher(line.text());
      if (row.matches() && !OTHER_TABLES.contains(section)) {
        Matcher name = NAME.matcher(row.group(1));
        while (name.find()) {
          if (!exists(name)) {
            unknown.add(line.number() + ": " + name.group());
          }
        }
      }
    }
    assertEquals(List.of(), unknown);
  }

  @Test
  void capitalsStandForUnderscores() throws IOException {
    var wrong = new ArrayList<String>();
    for (String type :
        List.of("loop/EventLoop", "Asyncio", "stream/StreamReader", "stream/StreamWriter")) {
      Matcher method =
          CITED.matcher(Files.readString(Path.of("src/main/java/dev/weft/" + type + ".java")));
      while (method.find()) {
        String camel = Pattern.compile("_(\\w)")
            .matcher(method.group(1))
            .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
        if (!camel.equals(method.group(2)) && !OTHER_WORDS.contains(method.group(2))) {
          wrong.add(type + ": " + method.group(1) + ", " + method.group(2));
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static boolean exists(Matcher name) {
    if (name.group(1) != null) {
      return type(name.group(1)).filter(type -> hasMember(type, name.group(2))).isPresent();
    }
    return name.group(3) != null
        ? type(name.group(3)).isPresent() || name.group(3).equals("Object")
        : hasMember(Asyncio.class, name.group(4));
  }

  private static Optional<Class<?>> type(String name) {
    for (String each : Example.exportedPackages()) {
      try {
        return Optional.of(Class.forName(each + "." + name));
      } catch (ClassNotFoundException e) {
        // in another package
      }
    }
    return Optional.empty();
  }

  private static boolean hasMember(Class<?> type, String name) {
    return Stream.<Member>concat(Arrays.stream(type.getMethods()), Arrays.stream(type.getFields()))
        .anyMatch(member -> member.getName().equals(name));
  }
}
