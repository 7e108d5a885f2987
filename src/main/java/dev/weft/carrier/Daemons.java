package dev.weft.carrier;

/**
 * How Weft makes the threads that serve all loops. They belong to the JVM's topmost group, not to that of the program that
 * needs them first: a tool that runs a program inside its own JVM, such as Maven's {@code exec:java}, interrupts the threads
 * of the program's group and waits for their end.
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

  /** Begins to make a thread. Nothing of the calling thread stays with it. */
  public static Thread.Builder.OfPlatform builder() {
    return Thread.ofPlatform().group(TOP).daemon().inheritInheritableThreadLocals(false);
  }
}
