package dev.weft.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.util.Objects;
import java.util.Set;

/**
 * A view of a transport's socket: its addresses and options, but no way to read, write, block or close
 * it behind the transport's back. asyncio's {@code TransportSocket}. Never suspends.
 */
public final class TransportSocket {

  private final NetworkChannel channel;

  /**
   * @param channel the channel to show
   */
  public TransportSocket(NetworkChannel channel) {
    this.channel = Objects.requireNonNull(channel, "channel");
  }

  /**
   * The address the socket is bound to ({@code getsockname}).
   *
   * @throws IOException if the socket is closed
   */
  public SocketAddress getLocalAddress() throws IOException {
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
