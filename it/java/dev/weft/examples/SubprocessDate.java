package dev.weft.examples;

import static dev.weft.Asyncio.run;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.SubprocessOptions;
import dev.weft.transport.SubprocessProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads a child's output by a protocol: the second example of asyncio's page on transports for children. */
public final class SubprocessDate {

  private SubprocessDate() {}

  /** Collects what the child prints until it is over. */
  private static final class DateProtocol implements SubprocessProtocol {
    private final Future<Void> over;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private boolean pipeClosed;
    private boolean exited;

    DateProtocol(Future<Void> over) {
      this.over = over;
    }

    @Override
    public void pipeDataReceived(int fd, ByteBuffer data) {
      output.write(data.array(), data.position(), data.remaining());
    }

    @Override
    public void pipeConnectionLost(int fd, Throwable error) {
      pipeClosed = true;
      check(); // may come before or after processExited
    }

    @Override
    public void processExited() {
      exited = true;
      check();
    }

    private void check() {
      if (pipeClosed && exited) {
        over.setResult(null);
      }
    }
  }

  private static String date() throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    Future<Void> over = loop.createFuture();
    var options =
        SubprocessOptions.pipes().withStdin(Redirect.DISCARD).withStderr(Redirect.INHERIT);
    var child =
        loop.subprocessExec(() -> new DateProtocol(over), List.of("date", "+%Y-%m-%d"), options);
    over.await();
    child.transport().close();
    return child.protocol().output.toString(StandardCharsets.UTF_8).strip();
  }

  /** Takes no arguments. */
  public static void main(String[] args) throws IOException {
    run(() -> System.out.println("Current date: " + date()));
  }
}
