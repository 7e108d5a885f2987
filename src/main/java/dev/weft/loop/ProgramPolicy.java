package dev.weft.loop;

/** Holds the program's policy: an interface can have no variable. */
final class ProgramPolicy {

  static volatile AbstractEventLoopPolicy current = new DefaultEventLoopPolicy();

  private ProgramPolicy() {}
}
