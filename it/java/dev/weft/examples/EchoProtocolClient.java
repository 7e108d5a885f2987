package dev.weft.examples;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;

import dev.weft.loop.Future;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/** What {@link EchoClient} does, in callback style. {@code EchoProtocolClient PORT BYTES...}. */
public final class EchoProtocolClient implements Protocol {

  private static final int CHUNK = 64 * 1024;

  private final ByteBuffer unsent;
  private final ByteBuffer expected;
  private final Future<Void> done = getRunningLoop().createFuture();
  private Transport transport;
  private boolean paused;

  private EchoProtocolClient(byte[] content) {
    unsent = ByteBuffer.wrap(content);
    expected = ByteBuffer.wrap(content);
  }

  /** Fails if an echo differs. */
  public static void main(String[] args) throws IOException {
    run(() -> {
      for (int i = 1; i < args.length; i++) {
        byte[] content = new byte[Integer.parseInt(args[i])];
        new Random(content.length).nextBytes(content);
        var connection = getRunningLoop()
            .createConnection(
                () -> new EchoProtocolClient(content), "127.0.0.1", Integer.parseInt(args[0]));
        await(connection.protocol().done);
        System.out.println(content.length + " bytes came back");
      }
    });
  }

  @Override
  public void connectionMade(BaseTransport transport) {
    this.transport = (Transport) transport;
    send();
  }

  private void send() {
    while (!paused && unsent.hasRemaining()) {
      int count = Math.min(CHUNK, unsent.remaining());
      ByteBuffer chunk = unsent.slice(unsent.position(), count);
      unsent.position(unsent.position() + count);
      transport.write(chunk); // may call pauseWriting
    }
    if (!unsent.hasRemaining()) {
      transport.writeEof();
    }
  }

  @Override
  public void pauseWriting() {
    paused = true;
  }

  @Override
  public void resumeWriting() {
    paused = false;
    send();
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    int at = expected.position();
    int count = data.remaining();
    if (count > expected.remaining() || !expected.slice(at, count).equals(data)) {
      finish(new IOException("the echo differs at or after byte " + at));
      transport.abort();
    } else {
      expected.position(at + count);
    }
  }

  @Override
  public void connectionLost(Throwable error) {
    if (error == null && expected.hasRemaining()) {
      finish(new IOException("the echo ends at byte " + expected.position()));
    } else {
      finish(error);
    }
  }

  private void finish(Throwable error) {
    if (done.done()) {
      return;
    }
    if (error == null) {
      done.setResult(null);
    } else {
      done.setException(error);
    }
  }
}
