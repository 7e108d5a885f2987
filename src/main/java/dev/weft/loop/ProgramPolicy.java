package dev.weft.loop;

/** Holds the program's policy, because an interface cannot have a variable. */
final class ProgramPolicy {

  static volatile AbstractEventLoopPolicy current = new DefaultEventLoopPolicy();

  private ProgramPolicy() {}
}
