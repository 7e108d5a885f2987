package dev.weft.transport;

import org.jspecify.annotations.Nullable;

/**
 * What all transports have in common: asyncio's {@code BaseTransport}.
 *
 * <p>A transport moves bytes; a protocol says what they mean. None of the methods suspends; all belong to
 * the loop's thread.
 */
public interface BaseTransport extends AutoCloseable {

  /**
   * Closes the transport ({@code close}): no more data is delivered, buffered writes are flushed with no
   * time limit, then {@link BaseProtocol#connectionLost} is called with null. Idempotent. Never suspends.
   */
  @Override
  void close();

  /** Whether the transport is closing or closed ({@code is_closing}). */
  boolean isClosing();

  /**
   * What is known about the transport ({@code get_extra_info}).
   *
   * @param key what to ask for
   * @return the value; null if this transport has none
   */
  <T> @Nullable T getExtraInfo(ExtraInfo<T> key);

  /**
   * The same by asyncio's name of the key, such as {@code "peername"}.
   *
   * @return the value; {@code otherwise} if this transport has none
   */
  default @Nullable Object getExtraInfo(String name, @Nullable Object otherwise) {
    ExtraInfo<?> key = ExtraInfo.named(name);
    Object value = key == null ? null : getExtraInfo(key);
    return value == null ? otherwise : value;
  }

  /**
   * Changes the protocol from the next event on ({@code set_protocol}). {@link
   * BaseProtocol#connectionMade} is not called.
   */
  void setProtocol(BaseProtocol protocol);

  /** The protocol ({@code get_protocol}). */
  BaseProtocol getProtocol();
}
