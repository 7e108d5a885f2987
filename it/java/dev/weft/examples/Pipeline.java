package dev.weft.examples;

import static dev.weft.Asyncio.createSubprocessExec;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.run;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.loop.Task;
import dev.weft.process.Process;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/** Does the same as the shell's {@code yes | head -c COUNT | sha256sum}, with the loop between the three children. */
public final class Pipeline {

  private Pipeline() {}

  private static Process start(String... command) throws IOException {
    return createSubprocessExec(
        List.of(command), SubprocessOptions.pipes().withStderr(Redirect.INHERIT));
  }

  /** Copies one child's output to another's input. */
  private static void copy(Process from, Process to) throws IOException {
    for (byte[] part; (part = from.stdout().read(65536)).length > 0; ) {
      to.stdin().write(part);
      to.stdin().drain();
    }
    to.stdin().close();
  }

  private static String digest(String count) throws IOException {
    Process yes = start("yes");
    Process head = start("head", "-c", count);
    Process sum = start("sha256sum");
    Task<Void> first = createTask(() -> {
      try {
        copy(yes, head);
      } catch (IOException gone) {
        yes.kill(); // head has read enough
        yes.communicate(); // no process reads what is still in the pipe
      }
    });
    copy(head, sum);
    String digest = new String(sum.stdout().read(), UTF_8);
    first.await();
    System.out.println("yes " + yes.waitFor() + ", sha256sum " + sum.waitFor());
    return digest;
  }

  /**
   * Prints the return codes of the first and the last child, and the digest.
   *
   * @param args the number of bytes
   */
  public static void main(String[] args) throws IOException {
    run(() -> System.out.print(digest(args[0])));
  }
}
