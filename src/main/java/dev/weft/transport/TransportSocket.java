package dev.weft.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A transport's socket: its addresses, its options, and its channel. asyncio's {@code TransportSocket}. Never suspends.
 */
public final class TransportSocket {

  private final NetworkChannel channel;

  /**
   * @param channel the socket's channel
   */
  public TransportSocket(NetworkChannel channel) {
    this.channel = Objects.requireNonNull(channel, "channel");
  }

  /**
   * The channel ({@code fileno}, as it were), for what neither this class nor the transport can do. It stays the
   * transport's: who reads, writes, closes it or changes its blocking mode breaks the transport.
   */
  public NetworkChannel channel() {
    return channel;
  }

  /**
   * The address the socket is bound to ({@code getsockname}); null if it is not bound.
   *
   * @throws IOException if the socket is closed
   */
  public @Nullable SocketAddress getLocalAddress() throws IOException {
    return channel.getLocalAddress();
  }

  /**
   * The value of an option ({@code getsockopt}).
   *
   * @throws IOException if the socket is closed or the system fails
   */
  public <T> T getOption(SocketOption<T> option) throws IOException {
    return channel.getOption(option);
  }

  /**
   * Sets an option ({@code setsockopt}).
   *
   * @throws IOException if the socket is closed or the system fails
   */
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    channel.setOption(option, value);
  }

  /** The options that the socket knows. */
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  @Override
  public String toString() {
    return "TransportSocket[" + channel + "]";
  }
}
