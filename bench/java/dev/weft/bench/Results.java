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
 * Measured numbers and facts by name. A JSON file keeps them between runs, so a run may measure some parts only.
 */
final class Results {

  private static final Pattern LINE =
      Pattern.compile("(?m)^ +\"([^\"]+)\": (?:\"([^\"]*)\"|([-0-9.]+)),?$");

  private final Path file;
  private final Map<String, String> facts = new TreeMap<>();
  private final Map<String, Double> numbers = new TreeMap<>();

  /** Reads the numbers and facts of a file, if it exists. */
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

  /** The fact of this name, or a dash if there is none. */
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
