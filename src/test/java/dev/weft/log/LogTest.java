package dev.weft.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.Connection;
import dev.weft.testkit.ChildJvm;
import dev.weft.testkit.LogCapture;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.NOP_FallbackServiceProvider;

/** Failures are logged, even if the logger throws or a throwable throws when it is printed. */
class LogTest {

  /** A program with each kind of failure that only the log reports. */
  static final class Failing {
    public static void main(String[] args) {
      try (EventLoop loop = EventLoop.newEventLoop()) {
        loop.setBlockedThreshold(Duration.ofMillis(250));
        loop.runUntilComplete(() -> fail(loop));
      }
      System.out.println("the end");
    }

    private static void fail(EventLoop loop) throws IOException {
      loop.callSoon(() -> {
        throw new IllegalStateException("in a callback");
      });
      loop.createTask(() -> {
        throw new IOException("in a task that nobody awaits");
      });
      ClientHandler handler = (reader, writer) -> {
        throw new IOException("in a handler");
      };
      try (Server server = Asyncio.startServer(handler, "127.0.0.1", 0)) {
        var address = (InetSocketAddress) server.sockets().get(0).getLocalAddress();
        try (Connection client = Asyncio.openConnection("127.0.0.1", address.getPort())) {
          client.reader().read();
        }
      }
      var told = new AtomicBoolean();
      var over = new AtomicBoolean(); // set after the first report is logged
      loop.setBlockedListener(report -> (report.over() ? over : told).set(true));
      while (!told.get()) {
        Thread.onSpinWait();
      }
      while (!over.get()) {
        Asyncio.sleep(Duration.ofMillis(1));
      }
    }
  }

  /** A program whose throwables throw when they are printed. Prints a line if the loop's own thread prints them. */
  static final class FailingToTell {
    private static final PrintStream ERR = System.err;
    private static final Thread MAIN = Thread.currentThread();
    private static volatile boolean running;

    /** An exception that throws itself when code, such as the code that prints it, requests its message. */
    static final class Broken extends RuntimeException {
      private static final long serialVersionUID = 1L;

      @Override
      public String getMessage() {
        throw this;
      }
    }

    /** Passes output on, and prints a line if the writing thread is the carrier itself. */
    private static final class Checked extends OutputStream {
      @Override
      public void write(int each) {
        write(new byte[] {(byte) each}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) {
        if (running && Thread.currentThread() == MAIN) {
          ERR.println("by the carrier itself");
        }
        ERR.write(bytes, from, length);
      }
    }

    public static void main(String[] args) {
      System.setErr(new PrintStream(new Checked(), true));
      Asyncio.run(() -> {
        running = true;
        EventLoop loop = EventLoop.getRunningLoop();
        loop.callSoon(() -> {
          throw new Broken();
        });
        Asyncio.sleep(Duration.ZERO);
        loop.callSoon(() -> {
          throw new IllegalStateException("as of", new Broken());
        });
        loop.createTask(() -> {
          throw new Broken();
        });
        Asyncio.sleep(Duration.ZERO);
        loop.setExceptionHandler((where, record) -> {
          throw new Broken();
        });
        loop.callSoon(() -> {
          throw new IllegalStateException("for a handler that fails");
        });
        Asyncio.sleep(Duration.ofMillis(1));
        System.out.println("the loop goes on");
        running = false;
      });
      System.out.println("the end");
    }
  }

  /** A logger that always fails. */
  public static final class ThrowingProvider extends NOP_FallbackServiceProvider {
    @Override
    public ILoggerFactory getLoggerFactory() {
      return ThrowingLogger::new;
    }
  }

  private static final class ThrowingLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    ThrowingLogger(String name) {
      this.name = name;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String pattern, Object[] arguments, Throwable error) {
      throw new IllegalStateException("the disk is full");
    }

    @Override
    public boolean isTraceEnabled() {
      throw new IllegalStateException("the disk is full");
    }

    @Override
    public boolean isDebugEnabled() {
      throw new IllegalStateException("the disk is full");
    }

    @Override
    public boolean isInfoEnabled() {
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return null;
    }
  }

  private static List<String> with(String provider) {
    return List.of("-Dslf4j.provider=" + provider);
  }

  private static void assertOnce(String text, ChildJvm.Outcome outcome) {
    int first = outcome.output().indexOf(text);
    assertTrue(first >= 0, () -> "not there: " + text + "\n" + outcome.output());
    assertEquals(first, outcome.output().lastIndexOf(text), outcome::output);
  }

  private static void assertSeen(ChildJvm.Outcome outcome) {
    assertEquals(0, outcome.exitCode(), outcome::output);
    assertOnce("Exception in callback ", outcome);
    assertOnce("java.lang.IllegalStateException: in a callback", outcome);
    assertOnce("Task exception was never retrieved", outcome);
    assertOnce("task_name: Task-", outcome);
    assertOnce("java.io.IOException: in a task that nobody awaits", outcome);
    assertOnce("java.io.IOException: in a handler", outcome);
    assertOnce("has been blocked for", outcome);
    assertOnce("the end", outcome);
    assertTrue(outcome.output().contains("\tat " + Failing.class.getName()), outcome::output);
  }

  @Test
  @DisplayName("without an SLF4J provider only errors and warnings go to System.err, each once")
  void noProvider() {
    ChildJvm.Outcome outcome = ChildJvm.runWithoutLog(List.of(), Failing.class);
    assertSeen(outcome);
    assertFalse(outcome.output().contains("SLF4J"), outcome::output);
    assertFalse(outcome.output().contains("DEBUG"), outcome::output);
  }

  @Test
  @DisplayName("with an SLF4J provider all messages go to the provider")
  void provider() {
    Logger logger = Log.of(LogTest.class);
    var failure = new IOException("x");
    try (var log = LogCapture.start()) {
      logger.debug("{} and {}", 1, 2);
      logger.error("no {} pattern", failure);
      logger.warn("of {}", "one", failure);
      assertEquals(
          List.of("1 and 2", "no {} pattern", "of one"),
          log.events().stream().map(LogCapture.Event::message).toList());
      assertEquals(
          List.of(Level.DEBUG, Level.ERROR, Level.WARN),
          log.events().stream().map(LogCapture.Event::level).toList());
      assertSame(failure, log.events(Level.ERROR).get(0).throwable().orElseThrow());
      assertSame(failure, log.events(Level.WARN).get(0).throwable().orElseThrow());
      assertEquals(LogTest.class.getName(), log.events().get(0).logger());
    }
  }

  @Test
  @DisplayName("a log that throws does not end the loop, and its message is not lost")
  void throwingProvider() {
    ChildJvm.Outcome outcome = ChildJvm.run(with(ThrowingProvider.class.getName()), Failing.class);
    assertSeen(outcome);
    assertTrue(outcome.output().contains("the disk is full"), outcome::output);
  }

  @Test
  @DisplayName("if the configured provider cannot be loaded, errors and warnings go to System.err")
  void missingProvider() {
    assertSeen(ChildJvm.runWithoutLog(with("not.There"), Failing.class));
  }

  @Test
  @DisplayName(
      "J6: a throwable that throws when it is printed does not end the loop and is reported with its trace; the carrier prints nothing")
  void brokenThrowable() {
    ChildJvm.Outcome outcome = ChildJvm.runWithoutLog(List.of(), FailingToTell.class);
    assertEquals(0, outcome.exitCode(), outcome::output);
    assertOnce("the loop goes on", outcome);
    assertOnce("the end", outcome);
    assertOnce("java.lang.IllegalStateException: as of", outcome);
    assertOnce("for a handler that fails", outcome);
    assertTrue(outcome.output().contains(FailingToTell.Broken.class.getName()), outcome::output);
    assertTrue(outcome.output().contains("\tat " + FailingToTell.class.getName()), outcome::output);
    assertFalse(outcome.output().contains("by the carrier itself"), outcome::output);
  }

  @Test
  @DisplayName("all logging in Weft goes through these loggers")
  void theOnlyWay() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        boolean asks = Files.readString(source).contains("LoggerFactory");
        assertEquals(asks, source.endsWith(Path.of("log", "Log.java")), source::toString);
      }
    }
  }
}
