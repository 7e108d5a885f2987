package dev.weft.loop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loggers of classes that every program loads. Apart from these, so that making a loop need not wait for SLF4J,
 * which {@link Watchdog} sets up meanwhile.
 */
final class Logs {

  static final Logger LOOP = LoggerFactory.getLogger(EventLoop.class);
  static final Logger RUNNER = LoggerFactory.getLogger(Runner.class);

  private Logs() {}
}
