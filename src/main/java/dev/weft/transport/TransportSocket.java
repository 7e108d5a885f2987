package dev.weft.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A transport's socket, with its address, its options and its channel: asyncio's {@code TransportSocket}. No method
 * suspends. Loop thread only.
 */
public final class TransportSocket {

  private final NetworkChannel channel;

  /**
   * Creates the view of a channel. Never suspends. Any thread.
   *
   * @param channel the socket's channel
   */
  public TransportSocket(NetworkChannel channel) {
    this.channel = Objects.requireNonNull(channel, "channel");
  }

  /**
   * Returns the channel (asyncio has {@code fileno} for such uses), for operations that neither this class nor the
   * transport has. The transport still owns it: code that reads, writes or closes the channel or changes its blocking
   * mode breaks the transport. Never suspends. Loop thread only.
   *
   * @return the channel
   */
  public NetworkChannel channel() {
    return channel;
  }

  /**
   * Returns the address to which the socket is bound ({@code getsockname}). Never suspends. Loop thread only.
   *
   * @return the address; null if the socket is not bound
   * @throws IOException if the socket is closed
   */
  public @Nullable SocketAddress getLocalAddress() throws IOException {
    return channel.getLocalAddress();
  }

  /**
   * Returns the value of an option ({@code getsockopt}). Never suspends. Loop thread only.
   *
   * @param option the option
   * @param <T> the type of the value
   * @return the value
   * @throws IOException if the socket is closed or the system call fails
   * @throws UnsupportedOperationException if the socket does not support the option
   */
  public <T> T getOption(SocketOption<T> option) throws IOException {
    return channel.getOption(option);
  }

  /**
   * Sets an option ({@code setsockopt}). Never suspends. Loop thread only.
   *
   * @param option the option
   * @param value the value
   * @param <T> the type of the value
   * @throws IllegalArgumentException if the option does not take the value
   * @throws IOException if the socket is closed or the system call fails
   * @throws UnsupportedOperationException if the socket does not support the option
   */
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    channel.setOption(option, value);
  }

  /**
   * Returns the options that the socket supports. Never suspends. Loop thread only.
   *
   * @return the options
   */
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  @Override
  public String toString() {
    try {
      return "TransportSocket[" + channel.getLocalAddress() + "]";
    } catch (IOException closed) {
      return "TransportSocket[closed]";
    }
  }
}
