package dev.weft.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What has been measured, numbers and facts by name, kept in a file of JSON between runs, so that parts can be
 * measured one at a time.
 */
final class Results {

  private static final Pattern LINE =
      Pattern.compile("(?m)^ +\"([^\"]+)\": (?:\"([^\"]*)\"|([-0-9.]+)),?$");

  private final Path file;
  private final Map<String, String> facts = new TreeMap<>();
  private final Map<String, Double> numbers = new TreeMap<>();

  /** Those that the file has, if it is there. */
  Results(Path file) throws IOException {
    this.file = file;
    if (!Files.exists(file)) {
      return;
    }
    for (Matcher line = LINE.matcher(Files.readString(file)); line.find(); ) {
      if (line.group(2) != null) {
        facts.put(line.group(1), line.group(2));
      } else {
        numbers.put(line.group(1), Double.valueOf(line.group(3)));
      }
    }
  }

  void put(String name, double number) {
    numbers.put(name, number);
  }

  void put(String name, String fact) {
    facts.put(name, fact);
  }

  OptionalDouble number(String name) {
    Double number = numbers.get(name);
    return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
  }

  /** A fact, or a dash. */
  String fact(String name) {
    return facts.getOrDefault(name, "-");
  }

  void write() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "{\n  \"facts\": {\n" + lines(facts, "\"%s\"") + "\n  },\n  \"medians\": {\n"
            + lines(numbers, "%.3f") + "\n  }\n}\n");
  }

  private static String lines(Map<String, ?> values, String format) {
    return values.entrySet().stream()
        .map(value ->
            String.format(Locale.ROOT, "    \"%s\": " + format, value.getKey(), value.getValue()))
        .collect(Collectors.joining(",\n"));
  }
}
