package dev.weft.stream;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.ReadTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of a stream: asyncio's {@code StreamReader}.
 *
 * <pre>{@code
 * byte[] header = reader.readexactly(4);
 * for (String line : reader.lines()) {
 *   System.out.println(line);
 * }
 * }</pre>
 *
 * <p>Methods that read park the calling task while there is nothing to read; only one task may do so at
 * a time. Iterating over the reader yields its lines. Belongs to its loop's thread.
 */
public final class StreamReader implements Iterable<byte[]> {

  /** 64 KiB, asyncio's {@code _DEFAULT_LIMIT}. */
  public static final int DEFAULT_LIMIT = 64 * 1024;

  private final EventLoop loop;
  private final int limit;
  private final StreamBuffer buffer = new StreamBuffer();
  private boolean eof;
  private @Nullable Throwable failure;
  private @Nullable IOException told; // by the last read that what has come did not do for
  private @Nullable ReadTransport transport;
  private boolean paused;
  private boolean changing; // of transports: nothing is paused
  private @Nullable Future<@Nullable Void> waiter;
  private @Nullable Custody custody; // null if the connection's end is the program's

  /**
   * Creates a reader that nothing feeds yet.
   *
   * @param loop whose reader it is
   * @param limit bytes: how far a separator is searched for, and half of what is buffered before the
   *     transport is paused; more than 0
   */
  public StreamReader(EventLoop loop, int limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("limit must be more than 0: " + limit);
    }
    this.loop = Objects.requireNonNull(loop, "loop");
    this.limit = limit;
  }

  // ---- what feeds it

  /**
   * Sets the transport that is paused when too much is buffered ({@code set_transport}). Never suspends.
   *
   * @throws IllegalStateException if there is one already
   */
  public void setTransport(ReadTransport transport) {
    Objects.requireNonNull(transport, "transport");
    if (this.transport != null) {
      throw new IllegalStateException("Transport already set: " + this.transport);
    }
    this.transport = transport;
  }

  /**
   * Pauses nothing until {@link #endChange}: data may come before the transport is known that is to be paused
   * for it.
   */
  void beginChange() {
    changing = true;
  }

  /** What is to be paused from now on, which is not paused. */
  void replaceTransport(ReadTransport transport) {
    this.transport = transport;
    paused = false;
  }

  void endChange() {
    changing = false;
    pauseTransportIfLarge();
  }

  void setCustody(Custody custody) {
    this.custody = custody;
  }

  private void noteUse() {
    if (custody != null) {
      custody.use();
    }
  }

  /** What has been received and not read; stays until {@link #drop}. */
  ByteBuffer peek() {
    return buffer.view();
  }

  /** Drops the first {@code count} bytes. */
  void drop(int count) {
    buffer.take(count);
  }

  /**
   * Appends data ({@code feed_data}). Never suspends.
   *
   * @param data belongs to the reader from now on
   * @throws IllegalStateException after {@link #feedEof}
   */
  public void feedData(ByteBuffer data) {
    if (eof) {
      throw new IllegalStateException("feedData after feedEof");
    }
    if (!data.hasRemaining()) {
      return;
    }
    buffer.add(data);
    wakeWaiter();
    pauseTransportIfLarge();
  }

  private void pauseTransportIfLarge() {
    if (transport != null && !paused && !changing && buffer.size() > 2L * limit) {
      transport.pauseReading();
      paused = true;
    }
  }

  /** Says that there will be no more data ({@code feed_eof}). Never suspends. */
  public void feedEof() {
    eof = true;
    wakeWaiter();
  }

  /** Sets what every further read throws ({@code set_exception}). Never suspends. */
  public void setException(Throwable failure) {
    this.failure = Objects.requireNonNull(failure, "failure");
    if (waiter != null) {
      Future<@Nullable Void> waiting = waiter;
      waiter = null;
      if (!waiting.cancelled()) {
        waiting.setException(failure);
      }
    }
  }

  /** What every read throws, if that is set ({@code exception}). */
  public Optional<Throwable> exception() {
    return Optional.ofNullable(failure);
  }

  /** Whether everything has been read ({@code at_eof}). */
  public boolean atEof() {
    return eof && buffer.isEmpty();
  }

  /** Whether a task waits for data. */
  boolean isAwaited() {
    return waiter != null;
  }

  private void wakeWaiter() {
    if (waiter != null) {
      Future<@Nullable Void> waiting = waiter;
      waiter = null;
      if (!waiting.cancelled()) {
        waiting.setResult(null);
      }
    }
  }

  private void resumeTransportIfSmall() {
    if (paused && buffer.size() <= limit) {
      resumeTransport();
    }
  }

  @SuppressWarnings("NullAway") // paused: there is a transport
  private void resumeTransport() {
    paused = false;
    transport.resumeReading();
  }

  // ---- reading

  /**
   * Reads until the end of the stream ({@code read()}). Suspends.
   *
   * @throws IOException if the connection is lost by an error
   */
  public byte[] read() throws IOException {
    checkFailure();
    var all = new ByteArrayOutputStream();
    for (byte[] block; (block = read(limit)).length > 0; ) {
      all.writeBytes(block);
    }
    return all.toByteArray();
  }

  /**
   * Reads what there is, at most {@code n} bytes ({@code read(n)}). Suspends while there is nothing.
   *
   * @param n 0 returns an empty array at once
   * @return an empty array at the end of the stream
   * @throws IOException if the connection is lost by an error
   */
  public byte[] read(int n) throws IOException {
    if (n < 0) {
      throw new IllegalArgumentException("n must not be negative: " + n);
    }
    noteUse();
    checkFailure();
    if (n == 0) {
      return StreamBuffer.NOTHING;
    }
    if (buffer.isEmpty() && !eof) {
      waitForData("read");
    }
    byte[] data = buffer.take(n);
    resumeTransportIfSmall();
    return data;
  }

  /**
   * Reads exactly {@code n} bytes ({@code readexactly}). Suspends.
   *
   * @throws IncompleteReadException if the stream ends before; has what there was
   * @throws IOException if the connection is lost by an error
   */
  public byte[] readexactly(int n) throws IOException {
    if (n < 0) {
      throw new IllegalArgumentException("readexactly size can not be less than zero: " + n);
    }
    noteUse();
    checkFailure();
    while (buffer.size() < n) {
      if (eof) {
        throw tell(new IncompleteReadException(buffer.take(Integer.MAX_VALUE), n));
      }
      waitForData("readexactly");
    }
    byte[] data = buffer.take(n);
    resumeTransportIfSmall();
    return data;
  }

  /**
   * Reads a line with its newline ({@code readline}). Suspends.
   *
   * @return what is left if the stream ends without a newline; empty at its end
   * @throws LimitOverrunException if the line is longer than the limit; the line is dropped if all of it
   *     is there, else everything that is. Use {@link #readuntil} to keep it.
   * @throws IOException if the connection is lost by an error
   */
  public byte[] readline() throws IOException {
    try {
      return readuntil(StreamBuffer.NEWLINE);
    } catch (IncompleteReadException e) {
      return e.partial();
    } catch (LimitOverrunException e) {
      if (buffer.startsAt(e.consumed(), StreamBuffer.NEWLINE)) {
        buffer.take(e.consumed() + 1);
      } else {
        buffer.take(Integer.MAX_VALUE);
      }
      resumeTransportIfSmall();
      throw e;
    }
  }

  /**
   * Reads through a separator ({@code readuntil}); of several, the one that gives the shortest result.
   * Suspends.
   *
   * @param separators at least one, none empty
   * @return the data with the separator
   * @throws IncompleteReadException if the stream ends before; has what there was
   * @throws LimitOverrunException if the result would be longer than the limit; the data stays
   * @throws IOException if the connection is lost by an error
   */
  public byte[] readuntil(byte[]... separators) throws IOException {
    int longest = checkSeparators(separators);
    noteUse();
    checkFailure();
    int from = 0; // where an incomplete separator may begin
    while (true) {
      long match = buffer.size() == 0 ? -1 : buffer.find(separators, from);
      if (match >= 0) {
        return takeThrough((int) (match >>> 32), (int) match);
      }
      from = Math.max(0, buffer.size() + 1 - longest);
      if (from > limit) {
        throw tell(
            new LimitOverrunException("Separator is not found, and chunk exceed the limit", from));
      }
      if (eof) {
        throw tell(new IncompleteReadException(buffer.take(Integer.MAX_VALUE), -1));
      }
      waitForData("readuntil");
    }
  }

  private byte[] takeThrough(int start, int end) throws LimitOverrunException {
    if (start > limit) {
      throw tell(
          new LimitOverrunException("Separator is found, but chunk is longer than limit", start));
    }
    byte[] data = buffer.take(end);
    resumeTransportIfSmall();
    return data;
  }

  private <E extends IOException> E tell(E error) {
    told = error;
    return error;
  }

  /** Whether {@code error} is what the peer's end, failure or data has led to. */
  boolean isBlamedFor(Throwable error) {
    return error == failure || error == told;
  }

  private static int checkSeparators(byte[][] separators) {
    if (separators.length == 0) {
      throw new IllegalArgumentException("Separator should contain at least one element");
    }
    int longest = 0;
    for (byte[] separator : separators) {
      if (separator.length == 0) {
        throw new IllegalArgumentException("Separator should be at least one-byte string");
      }
      longest = Math.max(longest, separator.length);
    }
    return longest;
  }

  private void waitForData(String method) throws IOException {
    if (waiter != null) {
      throw new IllegalStateException(
          method + "() called while another task is already waiting for incoming data");
    }
    checkFailure(); // it may have come after the wake-up for data that is not enough
    if (paused) { // or it would wait for what the pause holds back
      resumeTransport();
    }
    Future<@Nullable Void> waiting = loop.createFuture();
    waiter = waiting;
    try {
      waiting.await();
    } finally {
      if (waiter == waiting) {
        waiter = null;
      }
    }
  }

  void checkFailure() throws IOException {
    if (failure != null) {
      throw Failures.rethrow(failure);
    }
  }

  // ---- lines

  /** The lines with their newlines until the end of the stream. The iterator suspends. */
  @Override
  public Iterator<byte[]> iterator() {
    return new LineIterator();
  }

  /**
   * The lines as UTF-8 text, without their line ends ({@code \n} or {@code \r\n}), until the end of the
   * stream. The iterator suspends; an {@code IOException} comes out of it as {@link
   * UncheckedIOException}.
   */
  public Iterable<String> lines() {
    return () -> {
      Iterator<byte[]> lines = iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return lines.hasNext();
        }

        @Override
        public String next() {
          return text(lines.next());
        }
      };
    };
  }

  /**
   * This reader as an {@code InputStream}, for parsers that block: they park the task that runs them.
   * Closing it does nothing. Never suspends itself.
   */
  public InputStream asInputStream() {
    return new ReaderInputStream(this);
  }

  /** The number of bytes that can be read without waiting. */
  int buffered() {
    return buffer.size();
  }

  private static String text(byte[] line) {
    int end = line.length;
    if (end > 0 && line[end - 1] == '\n') {
      end--;
      if (end > 0 && line[end - 1] == '\r') {
        end--;
      }
    }
    return new String(line, 0, end, StandardCharsets.UTF_8);
  }

  private final class LineIterator implements Iterator<byte[]> {
    private byte @Nullable [] next;

    @Override
    public boolean hasNext() {
      if (next == null) {
        try {
          next = readline();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return next.length > 0;
    }

    @Override
    @SuppressWarnings("NullAway") // hasNext has read it
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] line = next;
      next = null;
      return line;
    }
  }

  @Override
  public String toString() {
    return "StreamReader["
        + buffer.size()
        + " bytes"
        + (eof ? ", eof" : "")
        + (failure == null ? "" : ", " + failure)
        + (paused ? ", paused" : "")
        + "]";
  }
}
