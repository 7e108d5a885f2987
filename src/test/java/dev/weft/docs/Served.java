package dev.weft.docs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.testkit.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** A program of a document that serves until Ctrl-C, in its own JVM. */
final class Served implements AutoCloseable {

  private final Process process;

  private Served(Process process) {
    this.process = process;
  }

  /** Starts the program and waits until it listens on its port. */
  static Served start(Example program, Path classes) throws IOException, InterruptedException {
    String classPath = String.join(
        File.pathSeparator,
        classes.toString(),
        ChildJvm.home(EventLoop.class),
        ChildJvm.home(Logger.class));
    var builder = new ProcessBuilder(
        ProcessHandle.current().info().command().orElseThrow(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classPath,
        program.mainClass());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    var served = new Served(builder.start());
    while (served.process.isAlive() && !listens(program.port())) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertTrue(served.process.isAlive(), () -> program.place() + ": the program ended");
    return served;
  }

  private static boolean listens(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends the program by SIGTERM and returns its output. */
  String stop() throws IOException, InterruptedException {
    process.toHandle().destroy(); // Process.destroy would close the stream
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return printed.replace(System.lineSeparator(), "\n");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
