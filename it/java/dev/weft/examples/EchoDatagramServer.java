package dev.weft.examples;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;

import dev.weft.transport.BaseTransport;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import dev.weft.transport.ExtraInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** An endpoint that sends each datagram back to its sender. {@code EchoDatagramServer [PORT]}. */
public final class EchoDatagramServer implements DatagramProtocol {

  private DatagramTransport transport;

  private EchoDatagramServer() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
    run(() -> {
      var loop = getRunningLoop();
      var options =
          DatagramOptions.defaults().withLocalAddr(new InetSocketAddress("127.0.0.1", port));
      try (DatagramTransport endpoint =
          loop.createDatagramEndpoint(EchoDatagramServer::new, options).transport()) {
        var address = (InetSocketAddress) endpoint.getExtraInfo(ExtraInfo.SOCKNAME);
        System.out.println("listening on port " + address.getPort());
        await(loop.createFuture()); // for ever
      }
    });
  }

  @Override
  public void connectionMade(BaseTransport transport) {
    this.transport = (DatagramTransport) transport;
  }

  @Override
  public void datagramReceived(ByteBuffer data, SocketAddress addr) {
    transport.sendto(data, addr);
  }
}
