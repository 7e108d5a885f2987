package dev.weft.selector;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gives a child that the JDK starts a session of its own, with the program {@code setsid}. That program begins a
 * session and becomes the child by {@code exec}, so the child has the process number that the JDK knows. It does not
 * report a failed {@code exec} to the JDK, so this class looks for the child's program first. Any thread.
 */
final class Sessions {

  private static final Optional<File> SETSID = find("setsid");

  private Sessions() {}

  /**
   * Checks that a child can have a session of its own.
   *
   * @throws UnsupportedOperationException if the program {@code setsid} is missing
   */
  static void check() {
    if (SETSID.isEmpty()) {
      throw new UnsupportedOperationException(
          "newSession needs the program setsid, which is not in PATH");
    }
  }

  /**
   * Returns the command that runs a command in a new session. It names a program in PATH by its absolute path, because
   * the child may have another PATH.
   *
   * @param cwd the child's working directory, to which a program's path is relative
   * @throws IOException if the program does not exist or is not executable
   */
  static List<String> command(List<String> command, Optional<Path> cwd) throws IOException {
    String name = command.get(0);
    Optional<File> found = name.indexOf('/') < 0
        ? find(name)
        : Optional.of(cwd.orElse(Path.of("")).resolve(name).toFile()).filter(Sessions::isProgram);
    String program = found
        .orElseThrow(() -> new IOException(
            "Cannot run program \"" + name + "\": it does not exist or is not executable"))
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
