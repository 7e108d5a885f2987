package dev.weft.loop;

import java.util.Optional;

/** The signals of this process. With the option {@code -Xrs} the JVM hands over none of those that end a program. */
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
   * Returns whether the JVM has started the program in a thread. Other threads must not change what the whole process
   * shares. Only its name and its group identify that thread.
   */
  static boolean isMain(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return !thread.isVirtual()
        && thread.getName().equals("main")
        && group != null
        && group.getName().equals("main");
  }
}
