package dev.weft.selector;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sessions for children that the JDK starts, by the program {@code setsid}. It begins one and becomes the child by
 * {@code exec}, so that the child has the number that the JDK knows. It does not say so if it cannot become the
 * child: therefore the child's program is looked for before. Any thread.
 */
final class Sessions {

  private static final Optional<File> SETSID = find("setsid");

  private Sessions() {}

  /** Checks that a child can have a session of its own. */
  static void check() {
    if (SETSID.isEmpty()) {
      throw new UnsupportedOperationException(
          "newSession: the program setsid is not in PATH, and nothing else begins a session here");
    }
  }

  /**
   * What to start in place of a command. The program is named by where it is, as the child's PATH may be another.
   *
   * @param cwd the child's working directory, to which the program's name is relative
   * @throws IOException if there is no such program
   */
  static List<String> command(List<String> command, Optional<Path> cwd) throws IOException {
    String name = command.get(0);
    Optional<File> found = name.indexOf('/') < 0
        ? find(name)
        : Optional.of(cwd.orElse(Path.of("")).resolve(name).toFile()).filter(Sessions::isProgram);
    String program = found
        .orElseThrow(() -> new IOException(
            "Cannot run program \"" + name + "\": there is none, or it cannot be executed"))
        .getPath();
    var all = new ArrayList<String>(List.of(SETSID.orElseThrow().getPath(), "--"));
    all.addAll(command);
    all.set(2, name.indexOf('/') < 0 ? program : name);
    return all;
  }

  private static Optional<File> find(String name) {
    String path = System.getenv("PATH");
    return Stream.of((path == null ? "/bin:/usr/bin" : path).split(File.pathSeparator, -1))
        .map(folder -> new File(folder.isEmpty() ? "." : folder, name).getAbsoluteFile())
        .filter(Sessions::isProgram)
        .findFirst();
  }

  private static boolean isProgram(File file) {
    return file.isFile() && file.canExecute();
  }
}
