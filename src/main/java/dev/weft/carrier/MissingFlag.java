package dev.weft.carrier;

import java.util.Optional;

/** What a program is told whose JVM lets Weft into {@code java.lang} neither by the flag nor without it. */
final class MissingFlag {

  private MissingFlag() {}

  /**
   * The exception for the caller, with the line for the tool that has started the calling thread.
   *
   * @param closed why there is no way in
   */
  static IllegalStateException exception(IllegalAccessException closed) {
    String option = "--add-opens java.base/java.lang=" + target(MissingFlag.class.getModule());
    String text = "Weft needs access to java.lang to run virtual threads on its own carrier. "
        + tool(Thread.currentThread().getStackTrace())
            .map(tool -> line(tool, option))
            .orElse(
                "Start Java with " + option + ", on the command line or in JDK_JAVA_OPTIONS, or put"
                    + " 'Add-Opens: java.base/java.lang' into the manifest of the executable jar.")
        + " (" + closed.getMessage() + ")";
    return new IllegalStateException(text, closed.getCause());
  }

  /** What the flag opens a package to, if {@code weft} is the module that has Weft's classes. */
  static String target(Module weft) {
    return weft.isNamed() ? weft.getName() : "ALL-UNNAMED";
  }

  /** The tool whose code is on the stack, by the package that its programs' threads come from. */
  static Optional<String> tool(StackTraceElement[] stack) {
    for (int i = stack.length - 1; i >= 0; i--) {
      String type = stack[i].getClassName();
      for (String known : new String[] {
        "org.apache.maven.surefire",
        "org.codehaus.mojo.exec",
        "org.gradle",
        "worker.org.gradle",
        "com.intellij",
        "org.eclipse.jdt"
      }) {
        if (type.startsWith(known + ".")) {
          return Optional.of(known);
        }
      }
    }
    return Optional.empty();
  }

  /** What to write where, for a tool that {@link #tool} knows. */
  static String line(String tool, String option) {
    return switch (tool) {
      case "org.apache.maven.surefire" ->
        "In the configuration of Surefire or Failsafe write <argLine>" + option + "</argLine>.";
      case "org.codehaus.mojo.exec" ->
        "exec:java runs in Maven's own JVM: write " + option + " into .mvn/jvm.config.";
      case "org.gradle", "worker.org.gradle" ->
        "In build.gradle write tasks.withType(Test).configureEach {"
            + " jvmArgs('"
            + option.replace(' ', '=')
            + "') }, and the same for JavaExec.";
      default -> "Add " + option + " to the VM options of the run configuration.";
    };
  }
}
