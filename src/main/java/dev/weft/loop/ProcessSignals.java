package dev.weft.loop;

import java.util.Optional;

/** The signals of this process. A JVM that leaves signals alone ({@code -Xrs}) gets none. */
final class ProcessSignals implements Signals {

  static final Signals INSTANCE = new ProcessSignals();

  private ProcessSignals() {}

  @Override
  public Optional<Taken> takeDefault(String signal, Runnable handler) {
    if (!isMain(Thread.currentThread())) {
      return Optional.empty();
    }
    try {
      return ProcessSignal.of(signal).takeDefault(handler);
    } catch (IllegalArgumentException | LinkageError e) {
      Logs.RUNNER.debug("SIG{} cannot be handled", signal, e);
      return Optional.empty();
    }
  }

  /**
   * Whether the JVM has started the program in this thread. Other threads must not change what the whole process
   * shares. The JVM shows which thread it is by name and group alone.
   */
  static boolean isMain(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return !thread.isVirtual()
        && thread.getName().equals("main")
        && group != null
        && group.getName().equals("main");
  }
}
