package dev.weft.examples;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Waits for data on an open socket with a protocol. {@code WaitForData}. */
public final class WaitForData implements Protocol {

  private final Future<Void> lost = getRunningLoop().createFuture();
  private Transport transport;

  private WaitForData() {}

  /** Prints what one end of a connection sends to the other. */
  public static void main(String[] args) throws IOException {
    run(() -> {
      EventLoop loop = getRunningLoop();
      try (var listening = ServerSocketChannel.open();
          var receiving = SocketChannel.open()) {
        listening.bind(new InetSocketAddress("127.0.0.1", 0)).configureBlocking(false);
        receiving.configureBlocking(false);
        loop.sockConnect(receiving, listening.getLocalAddress());
        try (SocketChannel sending = loop.sockAccept(listening)) {
          // the socket is open already: the transport takes it over
          var connection = loop.createConnection(WaitForData::new, receiving);
          loop.callSoon(() -> send(sending)); // as if the peer had
          await(connection.protocol().lost);
        }
      }
    });
  }

  private static void send(SocketChannel channel) {
    try {
      channel.write(ByteBuffer.wrap("abc".getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void connectionMade(BaseTransport transport) {
    this.transport = (Transport) transport;
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    System.out.println("Received: " + StandardCharsets.UTF_8.decode(data));
    transport.close(); // no more data follows; connectionLost is next
  }

  @Override
  public void connectionLost(Throwable error) {
    lost.setResult(null);
  }
}
