package dev.weft.loop;

import dev.weft.carrier.LockOwners;
import dev.weft.loop.BlockedLoop.Cause;
import dev.weft.loop.BlockedLoop.Holder;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Finds the threads that block a loop, from outside. Watchdog only. */
final class Holders {

  private final BaseEventLoop loop;
  private final List<Holder> holders = new ArrayList<>();
  private boolean deadlock;

  Holders(BaseEventLoop loop) {
    this.loop = loop;
  }

  BlockedLoop report(Cause cause, Duration lasted) {
    return new BlockedLoop(loop, cause, lasted, false, holders, deadlock);
  }

  /** Adds the thread that keeps a carrier busy. */
  Cause addCarried(Thread carrier) {
    // The JVM's management interface reports that a carrier with a mounted virtual thread waits for
    // that thread.
    ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(carrier.threadId());
    boolean carries = info != null
        && info.getLockInfo() != null
        && info.getLockInfo().getClassName().equals("java.lang.VirtualThread");
    Thread carried = carries ? loop.findThread(info.getLockOwnerId()) : null;
    Cause cause = Cause.RUNNING;
    if (carried != null) {
      add(carried);
      cause = Watch.waits(carried) ? Cause.PINNED : Cause.RUNNING;
    } else if (carries) {
      holders.add(new Holder(
          text(info.getLockOwnerName(), info.getLockOwnerId()),
          carrier.getState(),
          Optional.empty(),
          List.of()));
    }
    add(carrier);
    if (carried != null && cause == Cause.PINNED) {
      addOwners(carried, true);
    }
    return cause;
  }

  /** Adds a virtual thread that waits without its carrier. */
  void addWaiting(Thread thread) {
    add(thread);
    addOwners(thread, false);
  }

  private void add(Thread thread) {
    Object blocker = LockSupport.getBlocker(thread);
    // not toString(), which is code of the program
    String lock = blocker == null
        ? null
        : blocker.getClass().getName() + "@"
            + Integer.toHexString(System.identityHashCode(blocker));
    holders.add(new Holder(
        text(thread.getName(), thread.threadId()),
        thread.getState(),
        Optional.ofNullable(lock),
        List.of(thread.getStackTrace())));
  }

  /**
   * Adds the owner of the lock for which a thread waits, then the owner of the lock for which that owner waits, and so
   * on.
   *
   * @param stopped whether the loop runs nothing until {@code thread} has its lock
   */
  private void addOwners(Thread thread, boolean stopped) {
    Set<Thread> seen = new LinkedHashSet<>();
    for (Thread waiter = thread; waiter != null && seen.add(waiter); ) {
      Thread owner = LockOwners.ownerOf(LockSupport.getBlocker(waiter));
      if (owner != null) {
        deadlock |= seen.contains(owner) || stopped && isOnLoop(owner);
        if (!seen.contains(owner)) {
          add(owner);
        }
      }
      waiter = owner;
    }
  }

  private boolean isOnLoop(Thread thread) {
    return thread.isVirtual()
        && thread.getUncaughtExceptionHandler() instanceof LoopFiber fiber
        && fiber.loop() == loop;
  }

  private static String text(String name, long id) {
    return (name.isEmpty() ? "a thread" : name) + " (#" + id + ")";
  }
}
