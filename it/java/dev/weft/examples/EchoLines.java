package dev.weft.examples;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.loop.EventLoop;
import dev.weft.stream.FlowControl;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.ReadTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Gives each line of its own stdin back on its own stdout, both as streams, up to the end or a line "end". */
public final class EchoLines {

  private static final byte[] END = "end\n".getBytes(UTF_8);

  private EchoLines() {}

  /** Feeds a reader from a pipe. */
  private static final class Feeder implements Protocol {
    private final StreamReader reader;

    Feeder(StreamReader reader) {
      this.reader = reader;
    }

    @Override
    public void connectionMade(BaseTransport transport) {
      reader.setTransport((ReadTransport) transport);
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      reader.feedData(data);
    }

    @Override
    public boolean eofReceived() {
      reader.feedEof();
      return false;
    }

    @Override
    public void connectionLost(Throwable error) {
      if (error != null) {
        reader.setException(error);
      }
    }
  }

  private static void echo() throws IOException {
    EventLoop loop = getRunningLoop();
    var reader = new StreamReader(loop, StreamReader.DEFAULT_LIMIT);
    var reading = loop.connectReadPipe(() -> new Feeder(reader), System.in);
    var writing = loop.connectWritePipe(() -> new FlowControl(loop), System.out);
    var writer = new StreamWriter(writing.transport(), writing.protocol());
    for (byte[] line : reader) {
      writer.write(line);
      writer.drain();
      if (Arrays.equals(line, END)) {
        break;
      }
    }
    reading.transport().close();
    writer.close();
    writer.waitClosed();
  }

  /** Takes no arguments. */
  public static void main(String[] args) throws IOException {
    run(EchoLines::echo);
  }
}
