package dev.weft.carrier;

/**
 * Creates the daemon threads that serve all loops. They belong to the JVM's topmost thread group and not to the group
 * of the program that needs them first. A tool that runs a program inside its own JVM, such as Maven's
 * {@code exec:java}, interrupts the threads of the program's group and waits for their end.
 */
public final class Daemons {

  private static final ThreadGroup TOP = top();

  private Daemons() {}

  private static ThreadGroup top() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  /**
   * {@return a builder of daemon threads, which inherit neither the group nor the thread locals of the caller} Any
   * thread.
   */
  public static Thread.Builder.OfPlatform builder() {
    return Thread.ofPlatform().group(TOP).daemon().inheritInheritableThreadLocals(false);
  }
}
