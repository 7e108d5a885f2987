package dev.weft.loop;

/**
 * The program is asked to end from outside: Python's {@code KeyboardInterrupt}. {@link Runner} says when it is
 * thrown, and what becomes of one that nobody catches.
 *
 * <p>Not only {@code FatalError}s leave a loop, but the JVM's own {@code VirtualMachineError}s, too, but for {@code
 * StackOverflowError}, which concerns one task only.
 */
public final class KeyboardInterrupt extends FatalError {

  private static final long serialVersionUID = 1L;

  private static final int SIGINT = 2;

  private final int exitCode;
  private final boolean bySignal;

  /** An interrupt without a message, as by Ctrl-C. */
  public KeyboardInterrupt() {
    exitCode = 128 + SIGINT;
    bySignal = false;
  }

  /** An interrupt by a signal. */
  KeyboardInterrupt(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
    this.bySignal = true;
  }

  /** What a program exits with that ends by this: 130 after SIGINT, 143 after SIGTERM. */
  public int exitCode() {
    return exitCode;
  }

  /** Whether it says nothing but that a signal came: no failure came with it. */
  boolean isBySignalAlone() {
    Throwable cause = getCause();
    return bySignal
        && getSuppressed().length == 0
        && (cause == null
            || cause instanceof CancelledError
                && cause.getCause() == null
                && cause.getSuppressed().length == 0);
  }

  /** Whether {@code error} is one that must leave the loop instead of being contained. */
  public static boolean isFatal(Throwable error) {
    return error instanceof FatalError
        || error instanceof VirtualMachineError && !(error instanceof StackOverflowError);
  }

  /** Throws {@code error} if it is fatal; then whoever has caught it must not contain it. */
  public static void passFatal(Throwable error) {
    if (isFatal(error)) {
      throw (Error) error;
    }
  }
}
