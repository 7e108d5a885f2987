package dev.weft.loop;

import dev.weft.log.Log;
import org.slf4j.Logger;

/**
 * The loggers of classes that every program loads. They are in a class of their own, so that a program that does not
 * log does not load SLF4J.
 */
final class Logs {

  static final Logger LOOP = Log.of(EventLoop.class);
  static final Logger RUNNER = Log.of(Runner.class);

  private Logs() {}
}
