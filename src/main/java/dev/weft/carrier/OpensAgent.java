package dev.weft.carrier;

import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Opens {@code java.lang} to Weft, {@code sun.nio.ch} (see {@link Descriptors}) and {@code
 * java.util.concurrent.locks} (see {@link LockOwners}), for applications that cannot pass the flag: start Java with {@code
 * -javaagent:weft.jar}.
 */
public final class OpensAgent {

  private OpensAgent() {}

  /**
   * Called by the JVM before {@code main}.
   *
   * @param arguments ignored
   * @param instrumentation what opens the package
   */
  public static void premain(String arguments, Instrumentation instrumentation) {
    open(instrumentation);
  }

  /**
   * Called by the JVM when the agent is attached to a running program.
   *
   * @param arguments ignored
   * @param instrumentation what opens the package
   */
  public static void agentmain(String arguments, Instrumentation instrumentation) {
    open(instrumentation);
  }

  private static void open(Instrumentation instrumentation) {
    Module weft = OpensAgent.class.getModule();
    // The agent is loaded from the class path; an application on the module path has its own
    // dev.weft.
    Module named = ModuleLayer.boot().findModule("dev.weft").orElse(weft);
    Set<Module> both = Set.copyOf(List.of(weft, named)); // often the same one twice
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of("java.lang", both, "sun.nio.ch", both, "java.util.concurrent.locks", both),
        Set.of(),
        Map.of());
  }
}
