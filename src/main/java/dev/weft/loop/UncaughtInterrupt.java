package dev.weft.loop;

/**
 * Sees to the exit code of a program that a signal has ended: a {@link KeyboardInterrupt} that leaves the
 * main thread ends the process, with the code that the JVM has for the signal. So does Python, and so does the JVM
 * without Weft: neither waits for other threads then. As the JVM does, it prints nothing, unless a failure came with
 * the interrupt; the program's default handler is told in any case.
 */
final class UncaughtInterrupt implements Thread.UncaughtExceptionHandler {

  private final ThreadGroup group;

  private UncaughtInterrupt(ThreadGroup group) {
    this.group = group;
  }

  /** Has the calling thread do so, if it is the program's main thread and has no handler of its own. */
  static void watch() {
    Thread thread = Thread.currentThread();
    ThreadGroup group = thread.getThreadGroup();
    if (ProcessSignals.isMain(thread) && thread.getUncaughtExceptionHandler() == group) {
      thread.setUncaughtExceptionHandler(new UncaughtInterrupt(group));
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    try {
      if (!(error instanceof KeyboardInterrupt interrupt && interrupt.isBySignalAlone())
          || Thread.getDefaultUncaughtExceptionHandler() != null) {
        group.uncaughtException(
            thread, error); // to the program's default handler, or to System.err
      }
    } finally {
      if (error instanceof KeyboardInterrupt interrupt) {
        Runtime.getRuntime().exit(interrupt.exitCode());
      }
    }
  }
}
