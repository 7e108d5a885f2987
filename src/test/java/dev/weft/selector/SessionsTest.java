package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.testkit.ChildJvm;
import dev.weft.transport.SubprocessOptions;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Sessions where they are not available; {@code ChildStartTest} shows them where they are. */
@EnabledOnOs(OS.LINUX)
final class SessionsTest {

  @Test
  @DisplayName("without the program setsid a session is an error before anything happens")
  void unsupported() {
    var outcome = ChildJvm.runAfter("export PATH=/none", List.of(), Program.class);
    assertTrue(outcome.output().contains("refused: newSession needs "), outcome::output);
  }

  /** Asks for a session. */
  static final class Program {
    public static void main(String[] arguments) {
      EventLoop loop = EventLoop.newEventLoop();
      loop.runUntilComplete(() -> {
        var options = SubprocessOptions.defaults().withNewSession(true);
        try {
          loop.subprocessExec(
              () -> {
                throw new AssertionError("a protocol is made");
              },
              List.of("/bin/true"),
              options);
        } catch (UnsupportedOperationException e) {
          System.out.println("refused: " + e.getMessage());
        }
      });
      loop.close();
    }
  }
}
