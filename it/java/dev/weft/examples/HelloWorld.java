package dev.weft.examples;

import dev.weft.loop.EventLoop;

/** Hello world by a callback, on a loop that runs until it is stopped. {@code HelloWorld}. */
public final class HelloWorld {

  private HelloWorld() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.callSoon(() -> helloWorld(loop));
      loop.runForever();
    }
  }

  private static void helloWorld(EventLoop loop) {
    System.out.println("Hello World");
    loop.stop();
  }
}
