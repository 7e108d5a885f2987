package dev.weft.examples;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.openConnection;
import static dev.weft.Asyncio.run;

import dev.weft.loop.Task;
import dev.weft.stream.Connection;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Sends random bytes to an echo server, and checks that the same come back, in blocking style. {@code
 * EchoClient PORT BYTES...} makes a connection for each number of bytes, one after the other.
 */
public final class EchoClient {

  private static final int CHUNK = 64 * 1024;

  private EchoClient() {}

  /** Fails if an echo differs. */
  public static void main(String[] args) throws IOException {
    run(() -> {
      for (int i = 1; i < args.length; i++) {
        byte[] content = new byte[Integer.parseInt(args[i])];
        new Random(content.length).nextBytes(content);
        exchange(Integer.parseInt(args[0]), content);
        System.out.println(content.length + " bytes came back");
      }
    });
  }

  private static void exchange(int port, byte[] content) throws IOException {
    try (Connection connection = openConnection("127.0.0.1", port)) {
      Task<Void> sending = createTask(() -> send(connection.writer(), content));
      receive(connection.reader(), content);
      await(sending);
    }
  }

  private static void send(StreamWriter writer, byte[] content) throws IOException {
    for (int at = 0; at < content.length; at += CHUNK) {
      writer.write(ByteBuffer.wrap(content, at, Math.min(CHUNK, content.length - at)));
      writer.drain();
    }
    writer.writeEof();
  }

  private static void receive(StreamReader reader, byte[] content) throws IOException {
    ByteBuffer expected = ByteBuffer.wrap(content);
    for (byte[] data; (data = reader.read(CHUNK)).length > 0; ) {
      int at = expected.position();
      if (data.length > expected.remaining()
          || !expected.slice(at, data.length).equals(ByteBuffer.wrap(data))) {
        throw new IOException("the echo differs at or after byte " + at);
      }
      expected.position(at + data.length);
    }
    if (expected.hasRemaining()) {
      throw new IOException("the echo ends at byte " + expected.position());
    }
  }
}
