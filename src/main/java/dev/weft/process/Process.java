package dev.weft.process;

import dev.weft.log.Log;
import dev.weft.loop.ThrowingCallable;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.task.Gather;
import dev.weft.transport.SubprocessTransport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A child process and its pipes: asyncio's {@code Process}. Belongs to its loop's thread.
 *
 * <pre>{@code
 * Process sort = createSubprocessExec(List.of("sort"), SubprocessOptions.pipes());
 * sort.stdin().write("b\na\n");
 * sort.stdin().close();
 * for (String line : sort.stdout().lines()) {
 *   System.out.println(line);
 * }
 * int code = sort.waitFor();
 * }</pre>
 *
 * <p>{@code java.lang} has a type of this name, too. {@code import dev.weft.process.Process;} selects this one; an import
 * of the whole package does not.
 */
public final class Process {

  private static final Logger LOG = Log.of(Process.class);
  private static final byte[] NOTHING = {};

  private final SubprocessTransport transport;
  private final ProcessProtocol protocol;

  Process(SubprocessTransport transport, ProcessProtocol protocol) {
    this.transport = transport;
    this.protocol = protocol;
  }

  /**
   * What a child has written, from {@link #communicate}.
   *
   * @param stdout its output; empty if that is no pipe
   * @param stderr its errors; empty if that is no pipe
   */
  public record Output(byte[] stdout, byte[] stderr) {}

  /** The system's number of the process ({@code pid}). */
  public long pid() {
    return transport.getPid();
  }

  /**
   * How the process has ended ({@code returncode}), see {@link SubprocessTransport#getReturncode}.
   *
   * @return empty while it runs
   */
  public OptionalInt returncode() {
    return transport.getReturncode();
  }

  /**
   * Writes to the child's stdin ({@code stdin}).
   *
   * @throws IllegalStateException if that is no pipe
   */
  public StreamWriter stdin() {
    return pipe(protocol.stdin(), "stdin");
  }

  /**
   * Reads the child's stdout ({@code stdout}), also after the child has ended.
   *
   * @throws IllegalStateException if that is no pipe
   */
  public StreamReader stdout() {
    return pipe(protocol.reader(1), "stdout");
  }

  /**
   * Reads the child's stderr ({@code stderr}), also after the child has ended.
   *
   * @throws IllegalStateException if that is no pipe
   */
  public StreamReader stderr() {
    return pipe(protocol.reader(2), "stderr");
  }

  private static <T> T pipe(@Nullable T end, String name) {
    if (end == null) {
      throw new IllegalStateException(
          name + " is no pipe: start the process with Redirect.PIPE in the options");
    }
    return end;
  }

  /**
   * Waits until the child has ended ({@code wait}; Java's own {@code wait} has the name). Any number of tasks may; a
   * cancelled one leaves the child alone. Suspends, unless it has ended.
   *
   * <p>A child whose output is a pipe without a reader may never end: it blocks once the reader and the pipe are
   * full. Use {@link #communicate} then.
   *
   * @return {@link #returncode}
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   */
  public int waitFor() {
    protocol.waitForExit();
    return transport.getReturncode().getAsInt();
  }

  /**
   * Closes the child's stdin, reads its output and waits for its end ({@code communicate}). Suspends.
   *
   * @throws IOException if reading fails
   */
  public Output communicate() throws IOException {
    return communicate(NOTHING);
  }

  /**
   * Writes to the child's stdin and closes it, reads its output meanwhile, and waits for its end ({@code
   * communicate}). That the child does not read it all is no failure. Suspends.
   *
   * @throws IllegalStateException if there is input and the child's stdin is no pipe
   * @throws IOException if reading fails
   */
  public Output communicate(byte[] input) throws IOException {
    if (Objects.requireNonNull(input, "input").length > 0) {
      stdin(); // fails before anything is done
    }
    var parts = new ArrayList<ThrowingCallable<byte[], IOException>>();
    parts.add(() -> feed(input));
    parts.add(() -> readAll(1));
    parts.add(() -> readAll(2));
    List<byte[]> results = Gather.ofCoroutines(parts).await();
    waitFor();
    return new Output(results.get(1), results.get(2));
  }

  private byte[] feed(byte[] input) {
    StreamWriter stdin = protocol.stdin();
    if (stdin != null) {
      try {
        stdin.write(input);
        stdin.drain();
      } catch (IOException e) {
        LOG.debug("{} has not read all its input", this, e);
      }
      stdin.close();
    }
    return NOTHING;
  }

  private byte[] readAll(int fd) throws IOException {
    StreamReader reader = protocol.reader(fd);
    if (reader == null) {
      return NOTHING;
    }
    byte[] output = reader.read();
    transport.getPipeTransport(fd).get().close();
    return output;
  }

  /**
   * Sends the child a signal ({@code send_signal}), see {@link SubprocessTransport#sendSignal}. Never suspends.
   *
   * @param signal its number, 1 to 64
   * @throws dev.weft.transport.ProcessLookupException if the child has ended and its pipes are closed
   */
  public void sendSignal(int signal) {
    transport.sendSignal(signal);
  }

  /** Sends the child SIGTERM ({@code terminate}), as {@link #sendSignal} does. */
  public void terminate() {
    transport.terminate();
  }

  /** Sends the child SIGKILL ({@code kill}), as {@link #sendSignal} does. */
  public void kill() {
    transport.kill();
  }

  @Override
  public String toString() {
    return "Process[" + pid() + "]";
  }
}
