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
 * A child process and its pipes: asyncio's {@code Process}. Loop thread only.
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
 * <p>{@code java.lang} has a type of this name, too. {@code import dev.weft.process.Process;} selects this one; an
 * import of the whole package does not.
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
   * The output of a child, which {@link #communicate} returns.
   *
   * @param stdout the bytes of stdout; empty if stdout is not a pipe
   * @param stderr the bytes of stderr; empty if stderr is not a pipe
   */
  public record Output(byte[] stdout, byte[] stderr) {}

  /**
   * Returns the process id ({@code pid}). Never suspends. Loop thread only.
   *
   * @return the process id
   */
  public long pid() {
    return transport.getPid();
  }

  /**
   * Returns the exit code of the process ({@code returncode}). Never suspends. Loop thread only.
   *
   * @return the exit code, or a code for the signal that ended the process, see
   *     {@link SubprocessTransport#getReturncode}; empty while the process runs
   */
  public OptionalInt returncode() {
    return transport.getReturncode();
  }

  /**
   * Returns the writer to the child's stdin ({@code stdin}). Never suspends. Loop thread only.
   *
   * @return the writer
   * @throws IllegalStateException if the child's stdin is not a pipe
   */
  public StreamWriter stdin() {
    return pipe(protocol.stdin(), "stdin");
  }

  /**
   * Returns the reader of the child's stdout ({@code stdout}), which can be read even after the child has ended. Never
   * suspends. Loop thread only.
   *
   * @return the reader
   * @throws IllegalStateException if the child's stdout is not a pipe
   */
  public StreamReader stdout() {
    return pipe(protocol.reader(1), "stdout");
  }

  /**
   * Returns the reader of the child's stderr ({@code stderr}), which can be read even after the child has ended. Never
   * suspends. Loop thread only.
   *
   * @return the reader
   * @throws IllegalStateException if the child's stderr is not a pipe
   */
  public StreamReader stderr() {
    return pipe(protocol.reader(2), "stderr");
  }

  private static <T> T pipe(@Nullable T end, String name) {
    if (end == null) {
      throw new IllegalStateException(
          name + " is not a pipe: start the process with Redirect.PIPE in the options");
    }
    return end;
  }

  /**
   * Waits until the child has ended ({@code wait}, a name that {@code Object} uses already). Several tasks may wait.
   * Suspends unless the child has ended. Loop thread only.
   *
   * <p>A child may never end if its output is a pipe that no task reads: the child blocks once the pipe and the reader
   * are full. {@link #communicate} reads the output.
   *
   * @return the exit code, see {@link #returncode}
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled, which does not affect the child
   * @throws IllegalStateException if the child runs and the caller is not a task
   */
  public int waitFor() {
    protocol.waitForExit();
    return transport.getReturncode().getAsInt();
  }

  /**
   * Closes the child's stdin, reads its output and waits for its end ({@code communicate}). Suspends. Loop thread only.
   *
   * @return the output of the child
   * @throws IOException if reading fails
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled, which does not affect the child; the output
   *     that was read is lost
   * @throws IllegalStateException if the caller is not a task
   */
  public Output communicate() throws IOException {
    return communicate(NOTHING);
  }

  /**
   * Writes to the child's stdin and closes it, reads its output meanwhile, and waits for its end ({@code communicate}).
   * It is not a failure if the child does not read all of the input. Suspends. Loop thread only.
   *
   * @param input the bytes for the child's stdin
   * @return the output of the child
   * @throws IOException if reading fails
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled, which does not affect the child; the output
   *     that was read is lost
   * @throws IllegalStateException if there is input and the child's stdin is not a pipe, or the caller is not a task
   */
  public Output communicate(byte[] input) throws IOException {
    if (Objects.requireNonNull(input, "input").length > 0) {
      stdin(); // throws if it is not a pipe
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
   * Sends the child a signal ({@code send_signal}), see {@link SubprocessTransport#sendSignal}. Has no effect if the
   * child has ended. Never suspends. Loop thread only.
   *
   * @param signal the signal's number, 1 to 64
   * @throws IllegalArgumentException if {@code signal} is not in this range
   * @throws dev.weft.transport.ProcessLookupException if the child has ended and its pipes are closed
   */
  public void sendSignal(int signal) {
    transport.sendSignal(signal);
  }

  /**
   * Sends the child SIGTERM ({@code terminate}). Has no effect if the child has ended. Never suspends. Loop thread
   * only.
   *
   * @throws dev.weft.transport.ProcessLookupException if the child has ended and its pipes are closed
   */
  public void terminate() {
    transport.terminate();
  }

  /**
   * Sends the child SIGKILL ({@code kill}). Has no effect if the child has ended. Never suspends. Loop thread only.
   *
   * @throws dev.weft.transport.ProcessLookupException if the child has ended and its pipes are closed
   */
  public void kill() {
    transport.kill();
  }

  @Override
  public String toString() {
    return "Process[" + pid() + "]";
  }
}
