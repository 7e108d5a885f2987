package dev.weft.loop;

/**
 * A request from outside to end the program: Python's {@code KeyboardInterrupt}. {@link Runner} describes when it is
 * thrown, and what happens if it leaves the main thread.
 *
 * <p>Errors that leave a loop are {@code FatalError}s and the JVM's own {@code VirtualMachineError}s. The exception is
 * {@code StackOverflowError}, which concerns one task only.
 */
public final class KeyboardInterrupt extends FatalError {

  private static final long serialVersionUID = 1L;

  private static final int SIGINT = 2;

  /** The exit code of a program that this error ends. */
  private final int exitCode;

  /** Whether a signal has caused this error. */
  private final boolean bySignal;

  /** Creates an interrupt without a message, as Ctrl-C does. Never suspends. Any thread. */
  public KeyboardInterrupt() {
    exitCode = 128 + SIGINT;
    bySignal = false;
  }

  /** Creates an interrupt that a signal has caused. */
  KeyboardInterrupt(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
    this.bySignal = true;
  }

  /**
   * Returns the exit code of a program that this error ends. Never suspends. Any thread.
   *
   * @return 130 after SIGINT, 143 after SIGTERM
   */
  public int exitCode() {
    return exitCode;
  }

  /** Returns whether a signal has caused the error, and no failure came with it. */
  boolean isBySignalAlone() {
    Throwable cause = getCause();
    return bySignal
        && getSuppressed().length == 0
        && (cause == null
            || cause instanceof CancelledError
                && cause.getCause() == null
                && cause.getSuppressed().length == 0);
  }

  /**
   * Returns whether an error must leave the loop instead of being contained. Never suspends. Any thread.
   *
   * @param error the error
   * @return true for a {@link FatalError}, and for a {@link VirtualMachineError} other than {@link StackOverflowError}
   */
  public static boolean isFatal(Throwable error) {
    return error instanceof FatalError
        || error instanceof VirtualMachineError && !(error instanceof StackOverflowError);
  }

  /**
   * Throws an error if it is fatal, because code that catches a fatal error must not contain it. Never suspends. Any
   * thread.
   *
   * @param error the error that the caller has caught
   */
  public static void passFatal(Throwable error) {
    if (isFatal(error)) {
      throw (Error) error;
    }
  }
}
