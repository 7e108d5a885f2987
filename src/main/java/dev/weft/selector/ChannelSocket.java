package dev.weft.selector;

import dev.weft.io.FileTransfer;
import dev.weft.io.StreamSocket;
import dev.weft.io.WriteQueue;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A connected socket, watched by the selector. */
final class ChannelSocket extends ChannelEnd<SocketChannel> implements StreamSocket {

  /** Takes over a connected channel. A TCP socket sends small writes at once, as asyncio's do. */
  ChannelSocket(SelectorEventLoop loop, SocketChannel channel) throws IOException {
    super(loop, channel);
    if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) { // not on Unix
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
  }

  @Override
  public byte @Nullable [] read() throws IOException {
    return loop.buffers.read(channel);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return loop.buffers.read(channel, target);
  }

  @Override
  public void write(ByteBuffer data) throws IOException {
    loop.buffers.writeSome(channel, data);
  }

  @Override
  public boolean write(WriteQueue queue) throws IOException {
    return loop.buffers.write(channel, queue);
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public boolean send(FileTransfer file) throws IOException {
    return file.step(channel);
  }

  @Override
  public SocketAddress localAddress() throws IOException {
    return channel.getLocalAddress();
  }

  @Override
  public SocketAddress remoteAddress() throws IOException {
    return channel.getRemoteAddress();
  }
}
