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
 * <p>Methods that read park the calling task while there is nothing to read. Only one task at a time may wait.
 * Iterating over the reader yields its lines. Loop thread only.
 */
public final class StreamReader implements Iterable<byte[]> {

  /** The default limit in bytes, 64 KiB: asyncio's {@code _DEFAULT_LIMIT}. */
  public static final int DEFAULT_LIMIT = 64 * 1024;

  private final EventLoop loop;
  private final int limit;
  private final StreamBuffer buffer = new StreamBuffer();
  private boolean eof;
  private @Nullable Throwable failure;
  private @Nullable IOException told; // by the last read for which the data was not enough
  private @Nullable ReadTransport transport;
  private boolean paused;
  private boolean changing; // the transport changes, so nothing is paused
  private @Nullable Future<@Nullable Void> waiter;
  private @Nullable Custody custody; // null if the connection's end is the program's

  /**
   * Creates a reader without data. Never suspends. Any thread.
   *
   * @param loop the loop whose tasks read
   * @param limit the limit in bytes, more than 0: how many bytes may come before a separator. The reader pauses the
   *     transport when more than twice as many are buffered, and resumes it when at most as many are
   * @throws IllegalArgumentException if {@code limit} is not more than 0
   */
  public StreamReader(EventLoop loop, int limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("limit must be more than 0: " + limit);
    }
    this.loop = Objects.requireNonNull(loop, "loop");
    this.limit = limit;
  }

  // ---- for protocols

  /**
   * Sets the transport that is paused when too much is buffered ({@code set_transport}). Never suspends. Loop thread
   * only.
   *
   * @param transport the transport
   * @throws IllegalStateException if the reader has a transport already
   */
  public void setTransport(ReadTransport transport) {
    Objects.requireNonNull(transport, "transport");
    if (this.transport != null) {
      throw new IllegalStateException("Transport already set: " + this.transport);
    }
    this.transport = transport;
  }

  /** Pauses nothing until {@link #endChange}, because data may arrive before the new transport is known. */
  void beginChange() {
    changing = true;
  }

  /** Replaces the transport that is paused when too much is buffered. The new transport is not paused. */
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

  /** Tells the custody that a task reads or writes. */
  void noteUse() {
    if (custody != null) {
      custody.use();
    }
  }

  void keepOpen() {
    if (custody != null) {
      custody.release();
    }
  }

  /** Returns a view of the bytes that were received and not read. They stay until {@link #drop}. */
  ByteBuffer peek() {
    return buffer.view();
  }

  /** Drops the first {@code count} bytes. */
  void drop(int count) {
    buffer.take(count);
  }

  /**
   * Appends data ({@code feed_data}). Never suspends. Loop thread only.
   *
   * @param data the bytes; the reader may keep the buffer
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

  /** Records that no more data follows ({@code feed_eof}). Never suspends. Loop thread only. */
  public void feedEof() {
    eof = true;
    wakeWaiter();
  }

  /**
   * Sets the failure that every further read throws ({@code set_exception}). Never suspends. Loop thread only.
   *
   * @param failure the failure
   */
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

  /**
   * Returns the failure that every further read throws ({@code exception}). Never suspends. Loop thread only.
   *
   * @return the failure; empty if there is none
   */
  public Optional<Throwable> exception() {
    return Optional.ofNullable(failure);
  }

  /**
   * Returns whether all data has been read ({@code at_eof}). Never suspends. Loop thread only.
   *
   * @return true if the stream has ended and no bytes are left
   */
  public boolean atEof() {
    return eof && buffer.isEmpty();
  }

  /** Returns whether a task waits for data. */
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
   * Reads until the end of the stream ({@code read()}). Suspends. Loop thread only.
   *
   * @return all bytes
   * @throws IOException if the connection is lost by an error
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the bytes that were read so far are lost
   * @throws IllegalStateException if the call has to wait and another task waits already, or the caller is not a task
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
   * Reads the bytes that have arrived, up to a number ({@code read(n)}). Suspends while there are none. Loop thread
   * only.
   *
   * @param n the maximum number of bytes, 0 or more
   * @return the bytes; empty at the end of the stream, or if {@code n} is 0
   * @throws IllegalArgumentException if {@code n} is negative
   * @throws IOException if the connection is lost by an error
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; no bytes are lost
   * @throws IllegalStateException if the call has to wait and another task waits already, or the caller is not a task
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
   * Reads an exact number of bytes ({@code readexactly}). Suspends until they have arrived. Loop thread only.
   *
   * @param n the number of bytes, 0 or more
   * @return the bytes
   * @throws IllegalArgumentException if {@code n} is negative
   * @throws IncompleteReadException if the stream ends before; has the bytes that arrived
   * @throws IOException if the connection is lost by an error
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; no bytes are lost
   * @throws IllegalStateException if the call has to wait and another task waits already, or the caller is not a task
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
   * Reads a line with its newline ({@code readline}). Suspends until the line has arrived. Loop thread only.
   *
   * @return the line; the remaining bytes if the stream ends without a newline; empty at the end of the stream
   * @throws LimitOverrunException if the line without its newline is longer than the limit. The call drops the line if
   *     all of it has arrived. Otherwise it drops all bytes that have arrived. {@link #readuntil} keeps them
   * @throws IOException if the connection is lost by an error
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; no bytes are lost
   * @throws IllegalStateException if the call has to wait and another task waits already, or the caller is not a task
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
   * Reads up to and including a separator ({@code readuntil}). Of several separators, the one that ends first counts.
   * Suspends until a separator has arrived. Loop thread only.
   *
   * @param separators the bytes that end the result: at least one separator, and none that is empty
   * @return the bytes with the separator
   * @throws IllegalArgumentException if there is no separator, or one is empty
   * @throws IncompleteReadException if the stream ends before; has the bytes that arrived
   * @throws LimitOverrunException if more bytes than the limit come before the separator; the data stays in the reader
   * @throws IOException if the connection is lost by an error
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; no bytes are lost
   * @throws IllegalStateException if the call has to wait and another task waits already, or the caller is not a task
   */
  public byte[] readuntil(byte[]... separators) throws IOException {
    int longest = checkSeparators(separators);
    noteUse();
    checkFailure();
    int from = 0; // the offset at which an incomplete separator may begin
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

  /** Returns whether an error is a consequence of the peer's end, failure or data. */
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
    checkFailure(); // a failure may have come after the wake-up for data that is not enough
    if (paused) { // otherwise the task would wait for data that the pause holds back
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

  /**
   * Returns an iterator over the lines with their newlines, until the end of the stream ({@code async for}). Never
   * suspends, but the iterator's methods do. They throw an {@code IOException} as an {@link UncheckedIOException}. Loop
   * thread only.
   *
   * @return the iterator
   */
  @Override
  public Iterator<byte[]> iterator() {
    return new LineIterator();
  }

  /**
   * Returns the lines as UTF-8 text, without their line ends ({@code \n} or {@code \r\n}), until the end of the stream.
   * Asyncio has no such method. Never suspends, but the iterator's methods do. They throw an {@code IOException} as an
   * {@link UncheckedIOException}. Loop thread only.
   *
   * @return the lines, which can be iterated once
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
   * Returns this reader as an {@code InputStream}, for code that blocks. The stream's reads park the calling task.
   * Closing the stream has no effect. Asyncio has no such method. Never suspends. Loop thread only.
   *
   * @return the stream
   */
  public InputStream asInputStream() {
    return new ReaderInputStream(this);
  }

  /** Returns the number of bytes that can be read without waiting. */
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
