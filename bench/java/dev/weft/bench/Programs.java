package dev.weft.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Child processes, each bound to a given CPU. */
final class Programs {

  private static final List<String> FLAGS = List.of("-Xms256m", "-Xmx1g", "-XX:+UseSerialGC");

  private Programs() {}

  /** The command that runs a class of the benchmarks with this JVM's installation and class path. */
  static List<String> java(List<String> flags, Class<?> main, String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  static ProcessBuilder onCpu(String cpu, List<String> command) {
    var line = new ArrayList<String>(List.of("taskset", "-c", cpu));
    line.addAll(command);
    return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /**
   * Runs a command to its end and returns its standard output.
   *
   * @throws IOException if the program is missing, or its exit code is not 0
   */
  static String output(List<String> command) throws IOException, InterruptedException {
    return output(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  /**
   * Runs the program of a builder to its end and returns its standard output.
   *
   * @throws IOException if the program is missing, or its exit code is not 0
   */
  static String output(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", builder.command()) + " ended with status " + status);
    }
    return output;
  }
}
