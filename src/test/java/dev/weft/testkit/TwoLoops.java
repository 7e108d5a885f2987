package dev.weft.testkit;

import dev.weft.loop.EventLoop;

/**
 * A program that creates a loop twice and prints the outcomes. It is in a package that the module does not have,
 * because the class path cannot add classes to the module's packages.
 */
public final class TwoLoops {

  private TwoLoops() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    for (int i = 0; i < 2; i++) {
      try {
        EventLoop.newEventLoop().close();
        System.out.println("a loop");
      } catch (Throwable e) {
        System.out.println(e.getClass().getName() + ": " + e.getMessage());
      }
    }
  }
}
