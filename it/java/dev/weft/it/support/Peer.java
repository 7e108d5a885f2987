package dev.weft.it.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A child process that lives no longer than the test that started it: {@link #close} kills it with all its
 * descendants, and so does the end of the JVM if a hanging test never comes to its close. Its output, stdout and stderr
 * in one, is collected as it comes, so that the child never blocks on a full pipe.
 */
public final class Peer implements AutoCloseable {
  private static final Set<Peer> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Peer::kill), "peers-end"));
  }

  private final List<String> command;
  private final Process process;
  private final Thread collector;

  // guarded by itself, which is notified of every change and of the end
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private boolean ended;

  Peer(List<String> command) throws IOException {
    this.command = List.copyOf(command);
    var builder = new ProcessBuilder(this.command).redirectErrorStream(true);
    builder.environment().put("PYTHONUNBUFFERED", "1");
    process = builder.start();
    ALIVE.add(this);
    collector = new Thread(this::collect, "peer-" + process.pid());
    collector.setDaemon(true);
    collector.start();
  }

  /** The child's standard input. */
  public OutputStream stdin() {
    return process.getOutputStream();
  }

  /** For other questions of a test: the pid, whether it is alive. */
  public Process process() {
    return process;
  }

  /** Sends the child a signal. */
  public void signal(String name) throws IOException {
    try {
      String pid = Long.toString(process.pid());
      if (new ProcessBuilder("kill", "-s", name.replace("SIG", ""), pid).start().waitFor() != 0) {
        throw failure("not to be sent " + name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("interrupted while being sent " + name);
    }
  }

  /** What the child has printed so far, byte for byte. */
  public byte[] outputBytes() {
    synchronized (output) {
      return output.toByteArray();
    }
  }

  /** The last {@code length} bytes, or fewer, for a child that may say something on stderr before its data. */
  public byte[] lastOutputBytes(int length) {
    byte[] all = outputBytes();
    return Arrays.copyOfRange(all, Math.max(0, all.length - length), all.length);
  }

  /** What the child has printed so far, as UTF-8. */
  public String output() {
    return new String(outputBytes(), StandardCharsets.UTF_8);
  }

  /** Waits until the child has printed {@code text}, and returns the rest of that line, as far as it has arrived. */
  public String awaitOutput(String text, Duration timeout) {
    var deadline = System.nanoTime() + timeout.toNanos();
    synchronized (output) {
      while (true) {
        var now = output();
        var at = now.indexOf(text);
        var end = at < 0 ? -1 : now.indexOf('\n', at + text.length());
        if (end >= 0 || (at >= 0 && ended)) {
          return now.substring(at + text.length(), end >= 0 ? end : now.length())
              .strip();
        }
        var left = deadline - System.nanoTime();
        if (ended || left <= 0) {
          throw failure((ended ? "ended" : "waited " + timeout) + " without printing: " + text);
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(output, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw failure("interrupted while waiting for: " + text);
        }
      }
    }
  }

  /** Waits for the child's end and for the last of its output, and returns its exit code. */
  public int waitFor(Duration timeout) {
    var deadline = System.nanoTime() + timeout.toNanos();
    try {
      if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw failure("still running after " + timeout);
      }
      TimeUnit.NANOSECONDS.timedJoin(collector, Math.max(1, deadline - System.nanoTime()));
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("interrupted while it ran");
    }
  }

  @Override
  public void close() {
    kill();
    ALIVE.remove(this);
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private void collect() {
    var buffer = new byte[1 << 16];
    try (var in = process.getInputStream()) {
      for (int n; (n = in.read(buffer)) >= 0; ) {
        synchronized (output) {
          output.write(buffer, 0, n);
          output.notifyAll();
        }
      }
    } catch (IOException e) {
      // the child was killed: its output so far is there
    } finally {
      synchronized (output) {
        ended = true;
        output.notifyAll();
      }
    }
  }

  private AssertionError failure(String what) {
    return new AssertionError(
        String.join(" ", command) + ": " + what + "\n--- its output:\n" + output());
  }
}
