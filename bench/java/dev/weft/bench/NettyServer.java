package dev.weft.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Netty in one thread: over the JDK's selector or Netty's own epoll, and with the JDK's TLS engine. */
final class NettyServer {

  private NettyServer() {}

  static void serveTls(boolean bulk, int port) throws Exception {
    SslContext context = SslContextBuilder.forServer(
            TlsServer.CERTIFICATE.toFile(), TlsServer.KEY.toFile())
        .sslProvider(SslProvider.JDK)
        .build();
    Supplier<ChannelHandler> handler = bulk ? Bulk::new : Echo::new;
    serve(
        NioIoHandler.newFactory(),
        NioServerSocketChannel.class,
        port,
        channel ->
            channel.pipeline().addLast(context.newHandler(channel.alloc())).addLast(handler.get()));
  }

  static void serveNio(int port) throws Exception {
    serve(
        NioIoHandler.newFactory(),
        NioServerSocketChannel.class,
        port,
        channel -> channel.pipeline().addLast(new Echo()));
  }

  static void serveEpoll(int port) throws Exception {
    serve(
        EpollIoHandler.newFactory(),
        EpollServerSocketChannel.class,
        port,
        channel -> channel.pipeline().addLast(new Echo()));
  }

  private static void serve(
      IoHandlerFactory io,
      Class<? extends ServerChannel> type,
      int port,
      Consumer<Channel> accepted)
      throws Exception {
    new ServerBootstrap()
        .group(group(io))
        .channel(type)
        .option(ChannelOption.SO_BACKLOG, EchoServer.BACKLOG)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            accepted.accept(channel);
          }
        })
        .bind(EchoServer.HOST, port)
        .sync()
        .channel()
        .closeFuture()
        .sync();
  }

  static void serveUdp(int port) throws Exception {
    new Bootstrap()
        .group(group(NioIoHandler.newFactory()))
        .channel(NioDatagramChannel.class)
        .handler(new Datagrams())
        .bind(EchoServer.HOST, port)
        .sync()
        .channel()
        .closeFuture()
        .sync();
  }

  private static EventLoopGroup group(IoHandlerFactory io) {
    return new MultiThreadIoEventLoopGroup(1, io);
  }

  private static class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
      context.write(data, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
      context.close(); // the peer closed the connection
    }
  }

  private static final class Datagrams extends Echo {
    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
      var packet = (DatagramPacket) data;
      context.write(new DatagramPacket(packet.content(), packet.sender()), context.voidPromise());
    }
  }

  private static final class Bulk extends Echo {
    private final ByteBuf chunk =
        Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[TlsServer.CHUNK]));
    private long owed;

    @Override
    public void channelRead(ChannelHandlerContext context, Object data) {
      var asked = (ByteBuf) data;
      owed += (long) asked.readableBytes() * TlsServer.MIB;
      asked.release();
      send(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      send(context);
    }

    private void send(ChannelHandlerContext context) {
      while (owed > 0 && context.channel().isWritable()) {
        owed -= TlsServer.CHUNK;
        context.write(chunk.duplicate(), context.voidPromise());
      }
      context.flush();
    }
  }
}
