package dev.weft.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The open descriptors of this process, as Linux counts them. */
public final class Descriptors {

  private Descriptors() {}

  /** The number of open sockets. */
  public static int sockets() {
    return count("socket:");
  }

  /** The number of open ends of pipes. */
  public static int pipes() {
    return count("pipe:");
  }

  private static int count(String kind) {
    int count = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path each : all) {
        if (is(kind, each)) {
          count++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count;
  }

  private static boolean is(String kind, Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith(kind);
    } catch (IOException gone) { // the descriptor of the listing
      return false;
    }
  }
}
