package dev.weft.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The specification contains the rules that tests cite, tests cite the rules of the specification, and the marks of the
 * rules agree with the page of differences.
 */
class SpecificationTest {

  /** A rule of a page: its number, its anchor and its text. */
  private record Rule(String id, String anchor, String text) {

    boolean isMarked(String mark) {
      return text.contains("[*" + mark);
    }
  }

  private static final Path GUIDE = Path.of("src", "site", "markdown");
  private static final Path PAGES = GUIDE.resolve("specification");
  private static final Pattern RULE =
      Pattern.compile("^<a id=\"([^\"]*)\"></a>\\*\\*([A-Z]+-?\\d+)\\.\\*\\* ", Pattern.MULTILINE);
  private static final Pattern ID = Pattern.compile("\\b([A-Z]+-|J)\\d+\\b");
  private static final Pattern LISTED = Pattern.compile("\\[([A-Z]+-\\d+)]\\(");

  private static final List<Rule> RULES = new ArrayList<>();

  @BeforeAll
  static void read() throws IOException {
    for (Path page : files(PAGES)) {
      for (String paragraph : Files.readString(page).split("\n\n")) {
        var rule = RULE.matcher(paragraph);
        if (rule.find()) {
          RULES.add(new Rule(rule.group(2), rule.group(1), paragraph.strip()));
        }
      }
    }
  }

  @Test
  @DisplayName("each rule is in the specification once, with its number as its anchor")
  void anchors() {
    assertEquals(RULES.size(), ids(RULES.stream()).size(), "rules and their numbers");
    for (Rule rule : RULES) {
      assertEquals(rule.id().toLowerCase(), rule.anchor());
    }
  }

  @Test
  @DisplayName("each rule that sources or documents cite exists")
  void citedRulesExist() throws IOException {
    Set<String> known = ids(RULES.stream());
    Set<String> areas = known.stream().map(SpecificationTest::area).collect(Collectors.toSet());
    var unknown = new TreeMap<String, Path>();
    for (Path root : List.of(
        Path.of("src"),
        Path.of("it"),
        Path.of("bench"),
        Path.of("README.md"),
        Path.of("CONTRIBUTING.md"))) {
      for (Path file : files(root)) {
        for (String id : cited(file)) {
          if (areas.contains(area(id)) && !known.contains(id)) {
            unknown.put(id, file);
          }
        }
      }
    }
    assertEquals(Set.of(), unknown.entrySet());
  }

  @Test
  @DisplayName(
      "each rule is cited by a test, or listed as a difference or as a rule that does not apply")
  void rulesAreTested() throws IOException {
    var left = new TreeSet<>(ids(RULES.stream()));
    for (Path root : List.of(Path.of("src", "test"), Path.of("it"))) {
      for (Path file : files(root)) {
        left.removeAll(cited(file));
      }
    }
    left.removeAll(listed(differences()[0]));
    left.removeAll(listed(differences()[1]));
    left.removeAll(Set.of("J2", "J7")); // rules about speed, which the benchmarks measure
    assertEquals(Set.of(), left);
  }

  @Test
  @DisplayName("the marks of the rules agree with the page of differences")
  void marks() throws IOException {
    assertEquals(
        listed(differences()[0]), ids(RULES.stream().filter(rule -> rule.isMarked("differs"))));
    assertEquals(
        listed(differences()[1]),
        ids(RULES.stream().filter(rule -> rule.isMarked("does not apply"))));
  }

  /** The part about intended differences, and the part about rules that do not apply. */
  private static String[] differences() throws IOException {
    return Files.readString(GUIDE.resolve("differences.md"))
        .split("\n## Rules that do not apply\n", 2);
  }

  /** The rules in the first column of the tables. */
  private static Set<String> listed(String tables) {
    return tables
        .lines()
        .filter(line -> line.startsWith("| "))
        .flatMap(line -> LISTED.matcher(line.split("\\|")[1]).results())
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> ids(Stream<Rule> rules) {
    return rules.map(Rule::id).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String area(String id) {
    return id.replaceAll("-?\\d+$", "");
  }

  private static Set<String> cited(Path file) throws IOException {
    return ID.matcher(Files.readString(file))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(java|kt|md|py)"))
          .toList();
    }
  }
}
