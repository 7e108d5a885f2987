package dev.weft.carrier;

import java.util.Optional;

/**
 * Writes the error for a program whose JVM gives Weft access to {@code java.lang} neither with the flag nor without.
 */
final class MissingFlag {

  private MissingFlag() {}

  /**
   * Returns the exception for the caller. Its message has the setting for the tool that started the calling thread.
   *
   * @param closed says why Weft has no access
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

  /** Returns the target of the flag {@code --add-opens}, if {@code weft} is the module of Weft's classes. */
  static String target(Module weft) {
    return weft.isNamed() ? weft.getName() : "ALL-UNNAMED";
  }

  /** Returns the package prefix of the tool whose code is on the stack, or empty if no known tool is. */
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

  /** Returns the instruction for a tool that {@link #tool} has found. */
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
