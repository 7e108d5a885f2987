package dev.weft.task;

/** The condition that ends a {@link Wait}: asyncio's constants of the same names. */
public enum ReturnWhen {
  /** The wait ends when one future is done or cancelled. */
  FIRST_COMPLETED,
  /** The wait ends when one future fails, or when all are done. A cancellation is not a failure. */
  FIRST_EXCEPTION,
  /** The wait ends when all futures are done or cancelled. */
  ALL_COMPLETED
}
