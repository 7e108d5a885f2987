package dev.weft.loop;

/**
 * Sets the exit code of a program that a signal ends. A {@link KeyboardInterrupt} that leaves the main thread ends the
 * process, with the code that the JVM has for the signal. Python does so too, and so does the JVM without Weft: neither
 * waits for other threads then. As the JVM does, this prints nothing, unless a failure came with the interrupt. The
 * program's default handler of uncaught exceptions is called in any case.
 */
final class UncaughtInterrupt implements Thread.UncaughtExceptionHandler {

  private final ThreadGroup group;

  private UncaughtInterrupt(ThreadGroup group) {
    this.group = group;
  }

  /** Sets this up for the calling thread, if it is the program's main thread and has no handler of its own. */
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
