package dev.weft.loop;

/**
 * The program is asked to end from outside: Python's {@code KeyboardInterrupt}.
 *
 * <p>One of the few throwables that a loop does not contain: it is recorded in the task that threw it and
 * also leaves {@link EventLoop#runForever}. The others are the JVM's own {@code VirtualMachineError}s,
 * but for {@code StackOverflowError}, which concerns one task only.
 */
public final class KeyboardInterrupt extends Error {

  private static final long serialVersionUID = 1L;

  /** An interrupt without a message. */
  public KeyboardInterrupt() {}

  /** Whether {@code error} is one that must leave the loop instead of being contained. */
  public static boolean isFatal(Throwable error) {
    return error instanceof KeyboardInterrupt
        || error instanceof VirtualMachineError && !(error instanceof StackOverflowError);
  }
}
