package dev.weft.it.support;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** An echo server that prints which errors its loop reports, and a line after every two seconds. */
public final class FewDescriptors implements Protocol {

  private static int reports;

  private Transport transport;

  private FewDescriptors() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    run(() -> {
      EventLoop loop = getRunningLoop();
      loop.setExceptionHandler((source, record) -> {
        int number = ++reports;
        System.out.println("report " + number + ": " + record.exception().orElseThrow());
        loop.callLater(
            Duration.ofMillis(2500), () -> System.out.println("2.5 s after report " + number));
      });
      Server server = loop.createServer(FewDescriptors::new, "127.0.0.1", 0);
      System.out.println("listening on port " + server.port());
      server.serveForever();
    });
  }

  @Override
  public void connectionMade(BaseTransport base) {
    transport = (Transport) base;
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    transport.write(data);
  }
}
