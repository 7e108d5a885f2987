package dev.weft.selector;

import dev.weft.io.DatagramSocket;
import dev.weft.transport.Datagram;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/** A datagram socket, watched by the selector. */
final class ChannelDatagrams extends ChannelEnd<DatagramChannel> implements DatagramSocket {

  /** Passes a datagram to the system. Returns the number of sent bytes; 0 if the system has no room. */
  interface Send {
    int by(DatagramChannel channel, ByteBuffer data, SocketAddress address) throws IOException;
  }

  private final Send send;

  /**
   * Takes over a channel, and binds it if it is not bound. Otherwise the system would bind it when it first sends, and
   * the endpoint would have no local address until then.
   *
   * @param send the code that passes datagrams to the system
   */
  ChannelDatagrams(SelectorEventLoop loop, DatagramChannel channel, Send send) throws IOException {
    super(loop, channel);
    this.send = send;
    if (channel.getLocalAddress() == null) {
      channel.bind(null);
    }
  }

  @Override
  public @Nullable Datagram receive() throws IOException {
    ByteBuffer buffer = loop.buffers.take();
    try {
      SocketAddress from = channel.receive(buffer);
      return from == null ? null : new Datagram(IoBuffers.bytes(buffer.flip()), from);
    } finally {
      loop.buffers.give(buffer);
    }
  }

  /**
   * Sends one datagram. For an empty datagram the JDK does not report that there is no room, and on a connected channel
   * the JDK does not send an empty datagram.
   */
  @Override
  public boolean send(ByteBuffer data, SocketAddress address) throws IOException {
    int size = data.remaining();
    if (size == 0 && channel.isConnected()) {
      throw new SocketException("the JDK does not send an empty datagram on a connected socket");
    }
    ByteBuffer direct = loop.buffers.take();
    try {
      direct.put(0, data, data.position(), size).limit(size);
      return send.by(channel, direct, address) > 0 || size == 0;
    } catch (UnsupportedAddressTypeException e) {
      throw new SocketException("an IPv4 socket cannot send to " + address);
    } finally {
      loop.buffers.give(direct);
    }
  }

  @Override
  public boolean wouldComeBack() {
    return loop.wouldComeBack();
  }

  @Override
  public SocketAddress localAddress() throws IOException {
    return channel.getLocalAddress();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() throws IOException {
    return channel.getRemoteAddress();
  }

  /** Closes the channel and frees its port at once. */
  @Override
  public void close() {
    super.close();
    loop.poller.releaseClosed();
  }
}
