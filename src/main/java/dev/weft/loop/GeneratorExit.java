package dev.weft.loop;

/**
 * Thrown in the body of an {@link AsyncGenerator} where it has yielded its last value, so that its {@code
 * finally} blocks run: Python's {@code GeneratorExit}. Code that catches {@code Throwable} should let it
 * pass.
 */
public final class GeneratorExit extends Error {

  private static final long serialVersionUID = 1L;

  GeneratorExit() {}
}
