package dev.weft.it.endure;

import dev.weft.it.endure.Frames.Garbage;
import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Ledger.Heard;
import dev.weft.it.endure.Ledger.Injected;
import dev.weft.it.endure.Script.Fault;
import dev.weft.loop.EventLoop;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/** A server's protocol that sends each frame back, and has the faults of its script. */
abstract class Answering implements BaseProtocol {

  private static final int MADE_FAILS = 50;

  private final Ledger ledger;
  private final EventLoop loop;
  private final int number;
  private Conversation conversation;
  private Transport transport;
  private byte[] pending = new byte[Frames.HEADER];
  private int size; // of what is pending
  private boolean writingPaused;
  private boolean pausedByFault;
  private boolean ended;
  private boolean lost;
  private boolean replaced;
  private Injected thrown;

  private Answering(Ledger ledger, int number) {
    this.ledger = ledger;
    this.number = number;
    loop = EventLoop.getRunningLoop();
    conversation = new Conversation(ledger);
  }

  /** A protocol that gets its data as buffers. The number determines whether its {@code connectionMade} fails. */
  static Answering given(Ledger ledger, int number) {
    return new Given(ledger, number);
  }

  /** A protocol that provides the memory for its data. */
  static Answering buffered(Ledger ledger, int number) {
    return new Buffered(ledger, number);
  }

  @Override
  public final void connectionMade(BaseTransport base) {
    ledger.onCarrier();
    ledger.count(Count.CONNECTIONS_MADE);
    ledger.hold(transport == null, "made twice");
    transport = (Transport) base;
    if (number % MADE_FAILS == 1 && !isTls()) { // which would end the connection
      throw ledger.failure(Heard.BY_HANDLER);
    }
  }

  final void received(ByteBuffer data) {
    ledger.onCarrier();
    ledger.hold(
        transport != null && !lost && !ended && !replaced, "data at the wrong time: " + this);
    ledger.hold(!writingPaused && !pausedByFault, "data while paused: " + this);
    int needed = size + data.remaining();
    if (needed > pending.length) {
      pending = Arrays.copyOf(pending, 2 * needed);
    }
    data.get(pending, size, data.remaining());
    size = needed;
    proceed();
  }

  private void proceed() {
    int from = 0;
    try {
      while (size - from >= Frames.HEADER) {
        int to =
            from + Frames.HEADER + Frames.length(ByteBuffer.wrap(pending, from, Frames.HEADER));
        if (size < to) {
          break;
        }
        byte[] frame = Arrays.copyOfRange(pending, from, to);
        from = to;
        Fault fault = conversation.take(frame);
        transport.write(frame);
        if (fault == Fault.SWITCH) {
          drop(from);
          replace();
          return;
        }
        perform(fault);
        if (transport.isClosing()) {
          return;
        }
      }
    } catch (Garbage garbage) {
      conversation.garbage();
      transport.abort();
    } finally {
      if (!replaced) {
        drop(from);
      }
    }
  }

  private void drop(int count) {
    size -= count;
    System.arraycopy(pending, count, pending, 0, size);
  }

  private void perform(Fault fault) {
    switch (fault) {
      case PAUSE -> {
        pausedByFault = true;
        transport.pauseReading();
        later(() -> {
          pausedByFault = false;
          resumeIfPossible();
        });
      }
      case THROW -> {
        thrown = ledger.failure(Heard.BY_HANDLER);
        throw thrown;
      }
      case ABORT -> transport.abort();
      case CLOSE -> transport.close();
      case CANCEL -> later(transport::close);
      case TIMEOUT -> later(transport::abort);
      default -> {}
    }
  }

  private void later(Runnable callback) {
    loop.callLater(Duration.ofMillis(conversation.millis()), () -> {
      ledger.onCarrier();
      callback.run();
    });
  }

  private void resumeIfPossible() {
    if (!writingPaused && !pausedByFault) {
      transport.resumeReading();
    }
  }

  private void replace() {
    Answering next = number % 2 == 0 ? given(ledger, 0) : buffered(ledger, 0);
    next.transport = transport;
    next.conversation = conversation;
    next.pending = pending;
    next.size = size;
    next.writingPaused = writingPaused;
    replaced = true;
    transport.setProtocol(next);
    next.proceed();
  }

  @Override
  public final void pauseWriting() {
    ledger.onCarrier();
    ledger.hold(!writingPaused && !lost, "paused twice: " + this);
    writingPaused = true;
    transport.pauseReading();
    ledger.hold(
        transport.getWriteBufferSize() <= transport.getWriteBufferLimits().high() + (1 << 18),
        "too much is buffered: " + transport);
    throwAtEnd();
  }

  @Override
  public final void resumeWriting() {
    ledger.onCarrier();
    ledger.hold(writingPaused && !lost, "resumed without a pause: " + this);
    writingPaused = false;
    resumeIfPossible();
  }

  final boolean ended() {
    ledger.onCarrier();
    ledger.hold(!ended && !lost && !replaced, "the end at the wrong time: " + this);
    ended = true;
    throwAtEnd();
    if (number % 2 == 0 && !isTls()) {
      loop.callSoon(transport::close);
      return true;
    }
    return false;
  }

  private boolean isTls() {
    return transport.getExtraInfo(ExtraInfo.SSLCONTEXT) != null;
  }

  private void throwAtEnd() {
    if (thrown == null && conversation.has(Fault.THROW_AT_END)) {
      thrown = ledger.failure(Heard.BY_HANDLER);
      throw thrown;
    }
  }

  @Override
  public final void connectionLost(Throwable error) {
    ledger.onCarrier();
    ledger.count(Count.CONNECTIONS_LOST);
    ledger.hold(transport != null && !lost && !replaced, "lost at the wrong time: " + this);
    lost = true;
    if (error != null && error != thrown) {
      ledger.count(Count.RESETS);
    }
    if (conversation.has(Fault.THROW_AT_LOSS)) {
      throw ledger.failure(Heard.BY_HANDLER);
    }
  }

  @Override
  public final String toString() {
    return "Answering[" + conversation + ", " + size + " pending, " + transport + "]";
  }

  private static final class Given extends Answering implements Protocol {

    Given(Ledger ledger, int number) {
      super(ledger, number);
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      received(data);
    }

    @Override
    public boolean eofReceived() {
      return ended();
    }
  }

  private static final class Buffered extends Answering implements BufferedProtocol {

    private final ByteBuffer buffer;

    Buffered(Ledger ledger, int number) {
      super(ledger, number);
      buffer = number % 3 == 0 ? ByteBuffer.allocate(500) : ByteBuffer.allocateDirect(5_000);
    }

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
      return buffer.clear();
    }

    @Override
    public void bufferUpdated(int nbytes) {
      received(buffer.flip());
    }

    @Override
    public boolean eofReceived() {
      return ended();
    }
  }
}
