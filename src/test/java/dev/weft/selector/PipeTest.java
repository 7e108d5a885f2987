package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.io.Owner;
import dev.weft.io.PipeSink;
import dev.weft.io.Sink;
import dev.weft.io.WritePipe;
import dev.weft.io.WriteQueue;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Task;
import dev.weft.stream.FlowControl;
import dev.weft.stream.StreamWriter;
import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Order;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

final class PipeTest extends TcpTest {

  /** Takes bytes and then the end. */
  private class Reader extends Recorder {
    Reader() {
      super(PipeTest.this.loop);
    }

    @Override
    public void connectionMade(BaseTransport base) {
      note("made");
    }
  }

  /** More than any end accepts, so a change of it would be noticed. */
  private static void someTurns() {
    for (int i = 0; i < 10; i++) {
      turn();
    }
  }

  @Test
  @DisplayName("PIPE-2: eofReceived and connectionLost are two consecutive entries")
  void endOrder() {
    var order = new Order();
    run(() -> {
      Pipe pipe = Pipe.open();
      loop.connectReadPipe(
          () -> new Protocol() {
            @Override
            public boolean eofReceived() {
              order.expect(1);
              loop.callSoon(() -> order.expect(3));
              return true; // not inspected
            }

            @Override
            public void connectionLost(Throwable error) {
              order.expect(2);
            }
          },
          pipe.source());
      pipe.sink().close();
      someTurns();
      order.finish(4);
      assertFalse(pipe.source().isOpen());
    });
    order.checkFinished();
  }

  @Test
  @DisplayName("PIPE-2: an eofReceived that throws does not prevent connectionLost(null)")
  void endFails() {
    run(() -> {
      Pipe pipe = Pipe.open();
      var failure = new IllegalStateException("on purpose");
      var reader = new Reader() {
        @Override
        public boolean eofReceived() {
          throw failure;
        }
      };
      loop.connectReadPipe(() -> reader, pipe.source());
      pipe.sink().close();
      someTurns();
      assertTrue(reader.lost.done());
      assertNull(reader.lost.result());
      assertSame(failure, takeReport().exception().get());
    });
  }

  @Test
  @DisplayName(
      "PIPE-4: if the reader goes while bytes are queued, that is an error, and the bytes are lost")
  void readerGoes() {
    run(() -> {
      Pipe pipe = Pipe.open();
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), pipe.sink());
      var writer = new StreamWriter(writing.transport(), writing.protocol());
      writer.write(new byte[1_000_000]);
      assertTrue(writing.transport().getWriteBufferSize() > 0);
      pipe.source().close();
      assertThrows(IOException.class, writer::waitClosed);
      assertEquals(0, writing.transport().getWriteBufferSize());
      assertFalse(pipe.sink().isOpen());
    });
  }

  @Test
  @DisplayName(
      "PIPE-4, PIPE-5: writeEof and close flush first; the next write shows that the reader has gone")
  void writing() {
    run(() -> {
      Pipe pipe = Pipe.open();
      var reader = new Reader();
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), pipe.sink());
      var writer = new StreamWriter(writing.transport(), writing.protocol());
      writer.write(new byte[1_000_000]);
      writing.transport().writeEof();
      assertEquals(true, writing.transport().isClosing());
      loop.connectReadPipe(() -> reader, pipe.source());
      reader.lost.await();
      assertEquals(1_000_000, reader.received.size());
      writer.waitClosed();

      Pipe broken = Pipe.open();
      var second = loop.connectWritePipe(() -> new FlowControl(loop), broken.sink());
      var failing = new StreamWriter(second.transport(), second.protocol());
      broken.source().close();
      failing.write(new byte[10]);
      assertThrows(IOException.class, failing::waitClosed);
    });
  }

  @Test
  @DisplayName("PIPE-6: pausing and resuming reading may be repeated")
  void pausing() {
    run(() -> {
      Pipe pipe = Pipe.open();
      var reader = new Reader();
      var reading = loop.connectReadPipe(() -> reader, pipe.source()).transport();
      reading.pauseReading();
      reading.pauseReading();
      pipe.sink().write(ByteBuffer.wrap(bytes("hello")));
      turn();
      turn();
      assertEquals(0, reader.received.size());
      reading.resumeReading();
      reading.resumeReading();
      reader.awaitBytes(5);
      reading.close();
      reader.lost.await();
      pipe.sink().close();
    });
  }

  @Test
  @DisplayName(
      "PIPE-1: FIFOs by path, both ends; files are an error; a wait for the other end can be cancelled")
  void fifos(@TempDir Path dir) {
    run(() -> {
      Path fifo = dir.resolve("fifo");
      assertEquals(
          0,
          new ProcessBuilder("mkfifo", fifo.toString()).start().onExit().get().exitValue());
      var reader = new Reader();
      var opening = loop.createTask(() -> loop.connectReadPipe(() -> reader, fifo));
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), fifo);
      var reading = opening.await().transport();
      writing.transport().write(new byte[300_000]);
      writing.transport().close();
      reader.lost.await();
      assertEquals(300_000, reader.received.size());
      assertEquals(false, reading.isReading());

      var waiting = loop.createTask(() -> loop.connectReadPipe(Reader::new, fifo));
      Task.sleep(Duration.ofMillis(20));
      waiting.cancel();
      assertThrows(CancelledError.class, waiting::await);

      Path file = Files.createFile(dir.resolve("file"));
      assertThrows(IllegalArgumentException.class, () -> loop.connectReadPipe(Reader::new, file));
      assertThrows(
          IOException.class, () -> loop.connectReadPipe(Reader::new, dir.resolve("missing")));
    });
  }

  @Test
  @DisplayName("threads read and write blocking streams; a failure reaches the protocol")
  void streams() {
    run(() -> {
      var out = new PipedOutputStream();
      var in = new PipedInputStream(out, 1000);
      var reader = new Reader();
      loop.connectReadPipe(() -> reader, in);
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), out);
      var writer = new StreamWriter(writing.transport(), writing.protocol());
      for (int i = 0; i < 50; i++) {
        writer.write(new byte[10_000]);
        writer.drain();
      }
      writer.close();
      reader.lost.await();
      assertEquals(500_000, reader.received.size());

      var failing = new Reader();
      loop.connectReadPipe(() -> failing, new java.io.InputStream() {
        @Override
        public int read() throws IOException {
          throw new IOException("on purpose");
        }
      });
      assertInstanceOf(IOException.class, failing.lost.await());
      takeReport();
    });
  }

  @Test
  @DisplayName("a PrintStream, which does not throw, does not lose bytes silently")
  void printStream() {
    run(() -> {
      var out = new PipedOutputStream();
      var in = new PipedInputStream(out);
      var writing =
          loop.connectWritePipe(() -> new FlowControl(loop), new java.io.PrintStream(out));
      var writer = new StreamWriter(writing.transport(), writing.protocol());
      in.close();
      writer.write(new byte[10]);
      assertThrows(IOException.class, writer::waitClosed);
    });
  }

  @Test
  @DisplayName("a write to a closed pipe is dropped, with one warning at the fifth")
  void writingAfterClose() {
    run(() -> {
      Pipe pipe = Pipe.open();
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), pipe.sink());
      writing.transport().close();
      try (var log = LogCapture.start()) {
        for (int i = 0; i < 12; i++) {
          assertEquals(i < 5 ? 0 : 1, log.events(Level.WARN).size());
          writing.transport().write(bytes("dropped"));
        }
        assertEquals(1, log.events(Level.WARN).size(), log.events()::toString);
      }
      pipe.source().close();
    });
  }

  /** A pipe whose bytes are still being moved when the child ends, by a thread that reports it a moment later. */
  private static final class BusySink implements PipeSink {
    private Owner owner;
    private boolean busy = true;
    private boolean closed;

    @Override
    public void attach(Owner owner) {
      this.owner = owner;
    }

    @Override
    public void watchOutput(boolean wanted) {}

    @Override
    public void write(ByteBuffer data) {
      if (!busy) {
        data.position(data.limit());
      }
    }

    @Override
    public boolean write(WriteQueue queue) {
      if (!busy) {
        queue.remove((int) Math.min(queue.size(), Sink.STEP_SIZE));
      }
      return !busy;
    }

    @Override
    public boolean isBroken() {
      return !busy;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public Object object() {
      return this;
    }
  }

  @Test
  @DisplayName("a turn writes 1 MiB to a pipe at most, however fast its reader is")
  void boundedPerTurn() {
    run(() -> {
      var sink = new BusySink();
      var pipe = new WritePipe((BaseEventLoop) loop, sink, new FlowControl(loop), null);
      turn();
      pipe.write(ByteBuffer.allocate(2_500_000));
      assertEquals(2_500_000, pipe.getWriteBufferSize());
      sink.busy = false;
      sink.owner.writable();
      assertEquals(2_500_000 - 1024 * 1024, pipe.getWriteBufferSize());
      sink.owner.writable();
      sink.owner.writable();
      assertEquals(0, pipe.getWriteBufferSize());
      pipe.abort();
      turn();

      Pipe real = Pipe.open();
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), real.sink());
      writing.transport().write(ByteBuffer.allocate(2_500_000));
      assertTrue(writing.transport().getWriteBufferSize() >= 2_500_000 - 1024 * 1024);
      writing.transport().abort();
      real.source().close();
    });
  }

  @Test
  @DisplayName("PROC-3: a pipe that is busy at the child's end is asked again when it is idle")
  void busyAtTheEnd() {
    run(() -> {
      var sink = new BusySink();
      var protocol = new FlowControl(loop);
      var pipe = new WritePipe((BaseEventLoop) loop, sink, protocol, null);
      turn();
      pipe.write(ByteBuffer.wrap(bytes("hello")));
      pipe.checkReader();
      assertFalse(pipe.isClosing());
      sink.busy = false;
      sink.owner.writable();
      assertEquals(true, pipe.isClosing());
      turn();
      assertEquals(true, sink.closed);
    });
  }
}
