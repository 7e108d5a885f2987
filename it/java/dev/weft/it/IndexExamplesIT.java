package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.examples.AskExit;
import dev.weft.examples.DisplayDate;
import dev.weft.examples.EchoProtocolClient;
import dev.weft.examples.EchoProtocolServer;
import dev.weft.examples.HelloWorld;
import dev.weft.examples.SetAfter;
import dev.weft.examples.SubprocessDate;
import dev.weft.examples.WaitForData;
import dev.weft.examples.WatchChannel;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Weft;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of asyncio's "Low-level API Index", as programs of Weft. The page "From asyncio" has a table of them. */
@Timeout(60)
class IndexExamplesIT {

  private static final Duration SOON = Duration.ofSeconds(50);

  private static Peer start(Class<?> example, Object... arguments) throws IOException {
    return Weft.example(example, "16m", arguments);
  }

  /** What an example prints that ends normally, without Weft's warning about the JDK. */
  private static List<String> output(Class<?> example, Object... arguments) throws IOException {
    try (Peer weft = start(example, arguments)) {
      assertEquals(0, weft.waitFor(SOON), weft::output);
      return weft.output().lines().filter(line -> !line.startsWith("WARN ")).toList();
    }
  }

  @Test
  @DisplayName("get_running_loop, and a future that another task completes")
  void future() throws IOException {
    assertEquals(List.of("hello ...", "... world"), output(SetAfter.class));
  }

  @Test
  @DisplayName("hello world with call_soon and run_forever")
  void helloWorld() throws IOException {
    assertEquals(List.of("Hello World"), output(HelloWorld.class));
  }

  @Test
  @DisplayName("the date with call_later")
  void date() throws IOException {
    List<String> dates = output(DisplayDate.class, 50);
    assertFalse(dates.isEmpty());
    dates.forEach(date -> assertDoesNotThrow(() -> LocalDateTime.parse(date)));
    assertEquals(dates.stream().sorted().toList(), dates);
  }

  @Test
  @DisplayName("an echo client with create_connection and a protocol")
  void echo() throws IOException {
    try (Peer server = start(EchoProtocolServer.class)) {
      assertEquals(
          List.of("12 bytes came back"), output(EchoProtocolClient.class, Weft.port(server), 12));
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {WaitForData.class, WatchChannel.class})
  @DisplayName("data on an open socket with a protocol; a channel watched with add_reader")
  void receives(Class<?> example) throws IOException {
    assertEquals(List.of("Received: abc"), output(example));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SIGINT", "SIGTERM"})
  @DisplayName("handlers for SIGINT and SIGTERM")
  void signals(String signal) throws IOException {
    try (Peer weft = start(AskExit.class)) {
      weft.awaitOutput("to exit", SOON);
      weft.signal(signal);
      assertEquals("exit", weft.awaitOutput("got signal " + signal + ": ", SOON));
      assertEquals(0, weft.waitFor(SOON), weft::output);
    }
  }

  @Test
  @DisplayName("a protocol that reads a child's output, with subprocess_exec")
  void subprocess() throws IOException {
    List<String> printed = output(SubprocessDate.class);
    assertEquals(1, printed.size());
    assertTrue(
        printed.get(0).startsWith("Current date: " + LocalDate.now().getYear()), printed::toString);
  }
}
