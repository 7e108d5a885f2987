package dev.weft.process;

import static dev.weft.testkit.CancelEverywhere.real;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.stream.StreamReader;
import dev.weft.testkit.CancelEverywhere.How;
import dev.weft.testkit.CancelEverywhere.Run;
import dev.weft.transport.SubprocessOptions;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Children whose creator is cancelled at any point: all are reaped, and all pipes are closed. */
@EnabledOnOs(OS.LINUX) // counts descriptors
class CancelEverywhereTest {

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "PROC: a task that is cancelled while it starts, uses or awaits a child leaves no child and no pipe")
  void child(How how) {
    real(how, () -> {
      var started = new Process[1];
      return new Run(
          () -> {
            started[0] = Subprocesses.exec(
                List.of("cat"), SubprocessOptions.pipes(), StreamReader.DEFAULT_LIMIT);
            started[0].communicate(new byte[300_000]);
          },
          () -> {
            if (started[0] != null) {
              if (started[0].returncode().isEmpty()) {
                started[0].kill();
              }
              started[0].communicate(); // reads to the end, because the pipe stays open otherwise
              assertTrue(started[0].returncode().isPresent());
            }
          });
    });
  }
}
