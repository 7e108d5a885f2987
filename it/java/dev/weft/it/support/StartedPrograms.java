package dev.weft.it.support;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;

import dev.weft.transport.SubprocessOptions;
import dev.weft.transport.SubprocessProtocol;
import java.io.IOException;
import java.util.List;

/** A program that starts others and prints how they were started. */
public final class StartedPrograms {

  private StartedPrograms() {}

  /**
   * Starts children one after the other until one is started without the JDK, and prints their number; "none" if none
   * is.
   *
   * @param args the maximal number
   */
  public static void main(String[] args) throws IOException {
    int most = Integer.parseInt(args[0]);
    run(() -> {
      for (int i = 1; i <= most; i++) {
        if (isDirect()) {
          System.out.println("direct: " + i);
          return;
        }
      }
      System.out.println("none");
    });
  }

  private static boolean isDirect() throws IOException {
    var child = getRunningLoop()
        .subprocessExec(
            () -> new SubprocessProtocol() {}, List.of("true"), SubprocessOptions.defaults());
    return child.transport().toString().contains("posix_spawn");
  }
}
