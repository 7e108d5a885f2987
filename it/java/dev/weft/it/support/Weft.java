package dev.weft.it.support;

import dev.weft.testkit.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/** Weft in a JVM of its own, from the packaged jar, as its users start it. */
public final class Weft {
  private static final Duration SOON = Duration.ofSeconds(20);

  private Weft() {}

  /** The packaged jar. */
  public static Path jar() {
    return Path.of(System.getProperty("weft.jar"));
  }

  /** The packaged jar and what it needs, as a class path or a module path. */
  public static String path() {
    return jar() + File.pathSeparator + ChildJvm.home(Logger.class);
  }

  /** Where the examples' classes are. */
  public static Path examples() {
    return Path.of(ChildJvm.home(Weft.class));
  }

  /** Starts {@code java} with these arguments, on the JDK that runs the test. */
  public static Peer java(Object... arguments) throws IOException {
    return Peers.start(javaCommand(), arguments);
  }

  /** A program that a shell starts in the background ignores SIGINT, and so would all its children. */
  private static List<String> javaCommand() {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of("env", "--default-signal", java, "-XX:+UseSerialGC");
  }

  /** Starts an example with that much heap: with a small one, a lack of flow control ends it. */
  public static Peer example(Class<?> main, String heap, Object... arguments) throws IOException {
    return java(exampleArguments(main, heap, arguments));
  }

  /** As {@link #example}, for a process that may open that number of descriptors. */
  public static Peer example(int descriptors, Class<?> main, String heap) throws IOException {
    var command = new ArrayList<String>(
        List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$@\"", "sh"));
    command.addAll(javaCommand());
    return Peers.start(command, exampleArguments(main, heap));
  }

  /** The command of an example, for a peer that starts it. */
  public static List<String> exampleCommand(Class<?> main, String heap) {
    var command = new ArrayList<>(javaCommand());
    for (Object argument : exampleArguments(main, heap)) {
      command.add(argument.toString());
    }
    return command;
  }

  private static Object[] exampleArguments(Class<?> main, String heap, Object... arguments) {
    var all = new ArrayList<Object>(
        List.of("-Xmx" + heap, "-cp", path() + ":" + examples(), main.getName()));
    all.addAll(List.of(arguments));
    return all.toArray();
  }

  /** Waits until a server of this project, in Java or Python, prints its port. */
  public static int port(Peer server) {
    return Integer.parseInt(server.awaitOutput("listening on port ", SOON));
  }
}
