package dev.weft.transport;

import org.jspecify.annotations.Nullable;

/**
 * The methods that all transports have: asyncio's {@code BaseTransport}.
 *
 * <p>A transport moves bytes. A protocol gives them a meaning. No method suspends. Loop thread only.
 */
public interface BaseTransport extends AutoCloseable {

  /**
   * Closes the transport ({@code close}). It delivers no more data, and sends what is buffered: without a time limit,
   * but over TLS within {@link SslOptions#shutdownTimeout}. Then it calls {@link BaseProtocol#connectionLost}, with
   * null unless that fails. Idempotent. Never suspends. Loop thread only.
   */
  @Override
  void close();

  /**
   * Returns whether the transport is closing or closed ({@code is_closing}). Never suspends. Loop thread only.
   *
   * @return true from {@link #close}, or from the loss of the connection
   */
  boolean isClosing();

  /**
   * Returns a property of the transport ({@code get_extra_info}). Never suspends. Loop thread only.
   *
   * @param key the property
   * @param <T> the type of the value
   * @return the value; null if this transport has none
   */
  <T> @Nullable T getExtraInfo(ExtraInfo<T> key);

  /**
   * Returns a property of the transport by asyncio's name ({@code get_extra_info}). Never suspends. Loop thread only.
   *
   * @param name the name, for example {@code "peername"}
   * @param otherwise the value to return if this transport has none; may be null
   * @return the value, or {@code otherwise}
   */
  default @Nullable Object getExtraInfo(String name, @Nullable Object otherwise) {
    ExtraInfo<?> key = ExtraInfo.named(name);
    Object value = key == null ? null : getExtraInfo(key);
    return value == null ? otherwise : value;
  }

  /**
   * Replaces the protocol, from the next event on ({@code set_protocol}). The transport does not call
   * {@link BaseProtocol#connectionMade}. Never suspends. Loop thread only.
   *
   * @param protocol the new protocol
   * @throws IllegalArgumentException if the transport cannot use a protocol of this type
   */
  void setProtocol(BaseProtocol protocol);

  /**
   * Returns the protocol ({@code get_protocol}). Never suspends. Loop thread only.
   *
   * @return the protocol
   */
  BaseProtocol getProtocol();
}
