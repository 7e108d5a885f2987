package dev.weft.loop;

/**
 * Thrown by {@code yield} in the body of an {@link AsyncGenerator} that is closed, so that the body's {@code finally}
 * blocks run: Python's {@code GeneratorExit}. Code that catches {@code Throwable} should rethrow it.
 */
public final class GeneratorExit extends Error {

  private static final long serialVersionUID = 1L;

  GeneratorExit() {}
}
