package dev.weft.loop;

import dev.weft.log.Log;
import org.slf4j.Logger;

/** The loggers of classes that every program loads. Apart from these, so that one that logs nothing loads none. */
final class Logs {

  static final Logger LOOP = Log.of(EventLoop.class);
  static final Logger RUNNER = Log.of(Runner.class);

  private Logs() {}
}
