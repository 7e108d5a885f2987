package dev.weft.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A runtime in its own process that runs operations on request. {@code bench/peers/tasks.py} describes the requests and
 * the answers.
 */
final class PeerProcess implements AutoCloseable {

  private static final String CPU = "0";
  private static final long TICK_NANOS = 10_000_000; // USER_HZ is 100 on Linux
  private static final int UTIME = 11; // counted from the field after the program's name
  private static final int STIME = 12;

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;
  private final String title;

  private PeerProcess(Process process) throws IOException {
    this.process = process;
    requests = process.outputWriter();
    answers = process.inputReader();
    title = answer();
  }

  static PeerProcess start(List<String> command) throws IOException {
    Process process = Programs.onCpu(CPU, command).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    return new PeerProcess(process);
  }

  /** The name and version of the runtime. */
  String title() {
    return title;
  }

  /**
   * Runs an operation repeatedly for about {@code millis} milliseconds.
   *
   * @return the figures, or empty if the runtime does not have this operation
   */
  Optional<Sample> run(String operation, long millis) throws IOException {
    long before = cpuNanos();
    requests.write(operation + " " + millis + "\n");
    requests.flush();
    String answer = answer();
    if (answer.equals("-")) {
      return Optional.empty();
    }
    String[] fields = answer.split(" ");
    double cpu = cpuNanos() - before;
    return Optional.of(
        new Sample(cpu / Long.parseLong(fields[0]), Math.min(1, cpu / Long.parseLong(fields[1]))));
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the peer ended: " + process.info().commandLine().orElse(title));
    }
    return line;
  }

  /** User and system time of all threads, because a runtime's cost includes its collectors and compilers. */
  private long cpuNanos() throws IOException {
    String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * TICK_NANOS;
  }

  @Override
  public void close() {
    process.destroy();
  }

  /**
   * The figures of one run.
   *
   * @param nanos CPU time per operation, ns
   * @param busy the share of a CPU that the peer had, 0 to 1
   */
  record Sample(double nanos, double busy) {

    /** Whether other processes had the CPU meanwhile. They also replace the contents of its caches. */
    boolean starved() {
      return busy < 0.9;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%,11.1f ns  busy %.2f%s", nanos, busy, starved() ? "  STARVED" : "");
    }
  }
}
