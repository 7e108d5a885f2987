package dev.weft.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator: the C program {@code loadgen.c}, which this class compiles and runs on the second CPU. */
final class LoadGenerator {

  private static final Path SOURCE = Path.of("bench", "loadgen.c");
  private static final String CPU = "1";
  private static final Pattern NUMBER = Pattern.compile("\"(\\w+)\":(-?[0-9.]+)");

  private final Path program;

  private LoadGenerator(Path program) {
    this.program = program;
  }

  /**
   * Compiles the generator.
   *
   * @param tls whether the generator supports TLS; then the headers of OpenSSL are needed
   */
  static LoadGenerator compile(boolean tls) throws IOException, InterruptedException {
    if (!Files.exists(SOURCE)) {
      throw new IllegalStateException("run this in the project's directory: there is no " + SOURCE);
    }
    Path program = Path.of("target", "bench", "loadgen").toAbsolutePath();
    Files.createDirectories(program.getParent());
    var command =
        new ArrayList<String>(List.of("gcc", "-O2", "-o", program.toString(), SOURCE.toString()));
    if (tls) {
      command.addAll(List.of("-DTLS", "-lssl", "-lcrypto"));
    }
    Programs.output(command);
    return new LoadGenerator(program);
  }

  /** Runs the generator against a server. */
  Sample run(ServerProcess server, String arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>(List.of(program.toString()));
    command.addAll(List.of("-p", "" + server.port(), "-P", "" + server.pid()));
    command.addAll(List.of(arguments.split(" ")));
    return Sample.parse(Programs.output(Programs.onCpu(CPU, command)));
  }

  /**
   * The figures of one run.
   *
   * @param requestsPerSecond the rate
   * @param cpuMicros the server's CPU time per request, user and system
   * @param userMicros the user part of {@code cpuMicros}
   * @param p50 median latency, µs
   * @param p99 99th percentile of latency, µs
   * @param busy the share of a CPU that the busier of server and generator had, 0 to 1
   * @param starved whether neither was busy although there was always work, so other processes had the CPU
   */
  record Sample(
      double requestsPerSecond,
      double cpuMicros,
      double userMicros,
      double p50,
      double p99,
      double busy,
      boolean starved) {

    private static Sample parse(String json) {
      var values = new java.util.HashMap<String, Double>();
      for (Matcher matcher = NUMBER.matcher(json); matcher.find(); ) {
        values.put(matcher.group(1), Double.valueOf(matcher.group(2)));
      }
      double busy = Math.max(values.get("srv_util"), values.get("gen_util"));
      return new Sample(
          values.get("rps"),
          values.get("srv_us"),
          values.get("srv_user_us"),
          values.get("p50"),
          values.get("p99"),
          busy,
          busy < 0.9 && values.get("conns") >= 16);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%7.2f µs/request  %,9.0f requests/s  busy %.2f%s",
          cpuMicros,
          requestsPerSecond,
          busy,
          starved ? "  STARVED" : "");
    }
  }
}
