package dev.weft.task;

/** Which futures are enough for {@link Wait}: asyncio's constants of these names. */
public enum ReturnWhen {
  /** When one future is done or cancelled. */
  FIRST_COMPLETED,
  /** When one future fails, else when all are done; a cancelled one is none that fails. */
  FIRST_EXCEPTION,
  /** When all futures are done or cancelled. */
  ALL_COMPLETED
}
