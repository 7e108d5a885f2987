package dev.weft.selector;

import dev.weft.log.Log;
import dev.weft.loop.Context;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.tls.TlsProtocol;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import dev.weft.transport.TransportSocket;
import dev.weft.transport.WriteBufferLimits;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/*
 * Reading: interest in input is registered once and stays, so a message costs no system call but the read. Each
 * readiness leads to one read of up to 256 KiB. A Protocol gets a copy of the bytes. The read fills the buffer of a
 * BufferedProtocol directly.
 *
 * Writing: a write calls the system at once. The queue gets the bytes that the system does not take and those that are
 * too many for one turn. Interest in output lasts until the queue is empty. A call of the channel may park, and
 * meanwhile other code may write, close or abort. `sending` is true during such a call.
 *
 * The end: close, abort, an error and the peer's end all queue one call of connectionLost, after which the channel is
 * closed. `lost` is true once the call is queued.
 */

/** A stream transport over a socket channel. Loop thread only. */
final class SocketTransport implements Transport, Selectable {

  private static final Logger LOG = Log.of(Transport.class);

  /** The number of the write to a lost connection that logs a warning: LOG_THRESHOLD_FOR_CONNLOST_WRITES. */
  private static final int SILENT_WRITES = 5;

  private final SelectorEventLoop loop;
  private final SocketChannel channel;
  private final @Nullable SelectorServer server; // null on a client
  private final Context context = Context.copyContext();
  private final SocketAddress localAddress;
  private final SocketAddress remoteAddress;
  private final SelectionKey key;
  private final Handle reader;
  private final WriteQueue queue = new WriteQueue();
  private boolean
      sending; // during a call of the channel, which may park; writes are queued meanwhile
  private final WriteFlow flow;
  private @Nullable Handle writer;

  private BaseProtocol protocol;
  private @Nullable Protocol streamed; // the protocol, if it is one
  private @Nullable BufferedProtocol buffered; // the protocol, if it is one
  private boolean readingPaused;
  private boolean endRead;
  private boolean writeEof;
  private boolean closing;
  private boolean lost;
  private int writesAfterLoss;
  private @Nullable Operation sendfile; // not null while a file is sent

  /**
   * Takes over a channel in non-blocking mode. In the next turn it calls {@code connectionMade}, starts to read and
   * completes {@code made}.
   *
   * @param server the server that has accepted the connection; null on a client
   * @param made the future that is completed after {@code connectionMade}; null if no task waits
   */
  SocketTransport(
      SelectorEventLoop loop,
      SocketChannel channel,
      BaseProtocol protocol,
      @Nullable SelectorServer server,
      @Nullable Future<@Nullable Void> made)
      throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.server = server;
    this.flow = new WriteFlow(loop, this);
    setProtocol(protocol);
    if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) { // TCP, not Unix
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    this.localAddress = channel.getLocalAddress();
    this.remoteAddress = channel.getRemoteAddress();
    this.reader = loop.handle(this::readReady, context);
    this.key = loop.register(channel, 0, this);
    if (server != null) {
      server.attach(this);
    }
    loop.callSoon(() -> start(made), context);
  }

  private void start(@Nullable Future<@Nullable Void> made) {
    try {
      protocol.connectionMade(this);
    } finally {
      updateReadInterest();
      if (made != null && !made.done()) {
        made.setResult(null);
      }
    }
  }

  // ---- readiness

  @Override
  @SuppressWarnings("NullAway") // the key is interested in output only if there is a writer
  public void ready(int operations) {
    if ((operations & SelectionKey.OP_READ) != 0) {
      loop.enqueue(reader);
    }
    if ((operations & SelectionKey.OP_WRITE) != 0) {
      loop.enqueue(writer);
    }
  }

  @Override
  public int stillWanted(int operations) {
    int wanted =
        (wantsInput() ? SelectionKey.OP_READ : 0) | (wantsRoom() ? SelectionKey.OP_WRITE : 0);
    return operations & wanted;
  }

  private boolean wantsInput() {
    return !readingPaused && !closing && !endRead;
  }

  private boolean wantsRoom() {
    return !lost && (!queue.isEmpty() || sendfile != null);
  }

  private void updateReadInterest() {
    setInterest(SelectionKey.OP_READ, wantsInput());
  }

  private void setInterest(int operation, boolean wanted) {
    if (!key.isValid()) {
      return;
    }
    int before = key.interestOps();
    int after = wanted ? before | operation : before & ~operation;
    if (after != before) {
      key.interestOps(after);
    }
  }

  // ---- reading

  private void readReady() {
    if (closing || readingPaused || endRead) {
      return; // reading has been paused or closed after the poll
    }
    if (buffered != null) {
      readIntoProtocol();
    } else {
      readChunk();
    }
  }

  @SuppressWarnings("NullAway") // streamed is the protocol
  private void readChunk() {
    Protocol receiver = streamed;
    byte[] data;
    try {
      data = loop.read(channel);
    } catch (Throwable error) {
      readFailed(error);
      return;
    }
    if (data == null || closing) {
      return; // no data, or closed while the channel's call was parked
    }
    if (data.length == 0) {
      readEnd();
      return;
    }
    try {
      receiver.dataReceived(ByteBuffer.wrap(data));
    } catch (Throwable error) {
      protocolFailed(error, "dataReceived");
    }
  }

  @SuppressWarnings("NullAway") // buffered is the protocol
  private void readIntoProtocol() {
    BufferedProtocol receiver = buffered;
    ByteBuffer buffer;
    try {
      buffer = receiver.getBuffer(-1);
      if (!buffer.hasRemaining()) {
        throw new IllegalStateException("getBuffer() returned an empty buffer");
      }
      if (buffer.isReadOnly()) {
        throw new IllegalStateException("getBuffer() returned a read-only buffer");
      }
    } catch (Throwable error) {
      protocolFailed(error, "getBuffer");
      return;
    }
    if (closing || readingPaused || receiver != buffered) {
      return; // getBuffer has paused, closed or replaced the protocol; the data stays in the system
    }
    int count = read(buffer);
    if (count > 0) {
      try {
        receiver.bufferUpdated(count);
      } catch (Throwable error) {
        protocolFailed(error, "bufferUpdated");
      }
    } else if (receiver instanceof TlsProtocol layer) {
      layer.nothingRead();
    }
  }

  /** Reads once. Returns the number of bytes for the protocol; 0 if there are none, also after the end or an error. */
  private int read(ByteBuffer buffer) {
    int count;
    try {
      count = loop.read(channel, buffer);
    } catch (Throwable error) {
      readFailed(error);
      return 0;
    }
    if (closing) {
      return 0; // closed while the channel's call was parked
    }
    if (count < 0) {
      readEnd();
      return 0;
    }
    return count;
  }

  private void readFailed(Throwable error) {
    failed(error, "Fatal read error on socket transport");
  }

  @SuppressWarnings("NullAway") // one of the two is the protocol
  private void readEnd() {
    endRead = true;
    logInDebug("{} received EOF");
    boolean keepOpen;
    try {
      keepOpen = buffered != null ? buffered.eofReceived() : streamed.eofReceived();
    } catch (Throwable error) {
      protocolFailed(error, "eofReceived");
      return;
    }
    if (keepOpen) {
      updateReadInterest();
    } else {
      close();
    }
  }

  @Override
  public boolean isReading() {
    return !closing && !readingPaused;
  }

  @Override
  public void pauseReading() {
    if (isReading()) {
      readingPaused = true;
      updateReadInterest();
      logInDebug("{} pauses reading");
    }
  }

  @Override
  public void resumeReading() {
    if (!closing && readingPaused) {
      readingPaused = false;
      updateReadInterest();
      logInDebug("{} resumes reading");
    }
  }

  private void logInDebug(String text) {
    if (loop.getDebug()) {
      LOG.debug(text, this);
    }
  }

  // ---- writing

  @Override
  public void write(ByteBuffer data) {
    checkCanWrite();
    if (!data.hasRemaining()) {
      return;
    }
    if (lost) {
      data.position(data.limit());
      noteWriteAfterLoss();
      return;
    }
    try {
      if (hasSent()) {
        send(data);
      } else {
        flow.queue(queue, data, data.remaining(), false);
      }
    } catch (Throwable error) {
      data.position(data.limit());
      writeFailed(error);
      return;
    }
    flow.grown(queue.size());
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    checkCanWrite();
    long total = WriteFlow.check(data);
    if (data.isEmpty()) {
      return;
    }
    if (lost) {
      data.forEach(buffer -> buffer.position(buffer.limit()));
      noteWriteAfterLoss();
      return;
    }
    boolean hasSent = hasSent();
    try {
      data.forEach(buffer -> flow.queue(queue, buffer, total, false));
      if (hasSent) {
        flush();
        goOn();
      }
    } catch (Throwable error) {
      data.forEach(buffer -> buffer.position(buffer.limit()));
      writeFailed(error);
      return;
    }
    flow.grown(queue.size());
  }

  private void checkCanWrite() {
    loop.checkThread("write");
    if (writeEof) {
      throw new IllegalStateException("Cannot call write() after writeEof()");
    }
    checkNoSendfile("write");
  }

  private void noteWriteAfterLoss() {
    if (++writesAfterLoss == SILENT_WRITES) {
      LOG.warn("writing to a lost connection: {}", this);
    }
  }

  /** Returns whether all written data has been sent. */
  private boolean hasSent() {
    return queue.isEmpty() && !sending;
  }

  /** Sends as much of the data as the system takes now, and queues the rest. */
  private void send(ByteBuffer data) throws IOException {
    sending = true;
    try {
      loop.writeSome(channel, data);
    } finally {
      sending = false;
    }
    if (lost) {
      data.position(data.limit());
    } else {
      flow.queue(queue, data, data.remaining(), true);
      goOn();
    }
  }

  /** Sends as much of the queue as the system takes now. */
  private void flush() throws IOException {
    sending = true;
    try {
      for (int left = SelectorPolling.WRITE_SIZE;
          left > 0 && !queue.isEmpty() && loop.write(channel, queue);
          left -= SelectorPolling.READ_SIZE) {
        // the system may take more
      }
      flow.giveBack(queue);
    } finally {
      sending = false;
    }
  }

  /** Continues after a write: waits for room for the rest, or performs a pending close or writeEof. */
  private void goOn() {
    if (lost) {
      return;
    }
    if (!queue.isEmpty()) {
      watchForWriting();
    } else if (closing) {
      lose(null);
    } else if (writeEof) {
      shutdownOutput();
    }
  }

  private void writeFailed(Throwable error) {
    failed(error, "Fatal write error on socket transport");
  }

  private void watchForWriting() {
    if (writer == null) {
      writer = loop.handle(this::writeReady, context);
    }
    setInterest(SelectionKey.OP_WRITE, true);
  }

  private void writeReady() {
    if (sendfile != null && hasSent() && !lost) {
      sendfile.proceed();
      return;
    }
    if (lost || sending || queue.isEmpty()) {
      return;
    }
    try {
      flush();
    } catch (Throwable error) {
      writeFailed(error);
      return;
    }
    flow.shrunk(queue.size()); // the protocol may write more or close
    if (hasSent() && !lost) {
      if (sendfile == null) {
        setInterest(SelectionKey.OP_WRITE, false);
      }
      if (closing) {
        finish(null);
      } else if (writeEof) {
        shutdownOutput();
      }
    }
  }

  @Override
  public boolean canWriteEof() {
    return true;
  }

  @Override
  public void writeEof() {
    if (closing || writeEof) {
      return;
    }
    loop.checkThread("writeEof");
    checkNoSendfile("end");
    writeEof = true;
    if (hasSent()) {
      shutdownOutput();
    }
  }

  private void shutdownOutput() {
    try {
      channel.shutdownOutput();
    } catch (IOException error) {
      forceClose(error);
    }
  }

  @Override
  public int getWriteBufferSize() {
    return WriteFlow.asInt(queue.size());
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return flow.limits();
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    flow.setLimits(limits, queue.size());
  }

  // ---- sending a file

  /**
   * Sends a file after the queued data. Pauses reading and rejects writes meanwhile. Suspends.
   */
  void send(FileTransfer file) throws IOException {
    checkCanWrite();
    boolean resume = isReading();
    pauseReading();
    var operation = new Operation(loop, () -> file.step(channel));
    sendfile = operation;
    try {
      if (hasSent()) {
        operation.proceed();
      }
      if (!operation.isOver()) {
        watchForWriting();
      }
      operation.await();
    } finally {
      sendfile = null;
      if (queue.isEmpty()) {
        setInterest(SelectionKey.OP_WRITE, false);
      }
      if (resume) {
        resumeReading();
      }
    }
  }

  private void checkNoSendfile(String call) {
    if (sendfile != null) {
      throw new IllegalStateException("unable to " + call + ": sendfile is in progress");
    }
  }

  // ---- the end

  @Override
  public void close() {
    if (closing) {
      return;
    }
    loop.checkThread("close");
    closing = true;
    updateReadInterest();
    if (hasSent()) {
      lose(null);
    }
  }

  @Override
  public void abort() {
    loop.checkThread("abort");
    forceClose(null);
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  @Override
  public boolean unclosed() {
    return !closing || !queue.isEmpty();
  }

  private void protocolFailed(Throwable error, String method) {
    KeyboardInterrupt.passFatal(error);
    loop.report("Fatal error: protocol." + method + "() call failed.", error, this);
    forceClose(error);
  }

  /**
   * Ends the connection after an error. The protocol gets the error. The exception handler gets it too if it is no
   * {@code IOException}, such as an {@code OutOfMemoryError}.
   */
  private void failed(Throwable error, String message) {
    forceClose(error);
    if (!(error instanceof IOException)) {
      loop.report(message, error, this);
    }
  }

  private void forceClose(@Nullable Throwable error) {
    if (!lost) {
      lose(error);
      queue.clear();
    }
  }

  private void lose(@Nullable Throwable error) {
    loop.callSoon(() -> finish(error), context); // first, as it may run out of memory
    closing = true;
    lost = true;
    if (key.isValid()) {
      key.interestOps(0);
    }
  }

  private void finish(@Nullable Throwable error) {
    lost = true;
    try {
      protocol.connectionLost(error);
    } finally {
      SelectorEventLoop.closeQuietly(channel);
      if (server != null) {
        server.detach(this);
      }
      if (sendfile != null) {
        sendfile.fail(new SocketException("connection closed during sendfile").initCause(error));
      }
    }
  }

  // ---- what it is

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    if (key == ExtraInfo.SOCKNAME) {
      return (T) localAddress;
    }
    if (key == ExtraInfo.PEERNAME) {
      return (T) remoteAddress;
    }
    if (key == ExtraInfo.SOCKET) {
      return (T) new TransportSocket(channel);
    }
    return null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    Objects.requireNonNull(protocol, "protocol");
    Protocol asStreamed = protocol instanceof Protocol p ? p : null;
    BufferedProtocol asBuffered = protocol instanceof BufferedProtocol p ? p : null;
    if (asStreamed == null && asBuffered == null) {
      throw new IllegalArgumentException(
          "a stream transport needs a Protocol or a BufferedProtocol: " + protocol);
    }
    this.protocol = protocol;
    this.streamed = asStreamed;
    this.buffered = asBuffered;
    // the new protocol must get the end of data, too: otherwise a TLS handshake would not end
    if (endRead && !closing) {
      endRead = false;
      updateReadInterest();
    }
  }

  @Override
  public BaseProtocol getProtocol() {
    return protocol;
  }

  @Override
  public String toString() {
    return "Transport["
        + localAddress
        + " <-> "
        + remoteAddress
        + (lost ? ", closed" : closing ? ", closing" : "")
        + ", read="
        + polling(SelectionKey.OP_READ)
        + ", write=<"
        + polling(SelectionKey.OP_WRITE)
        + ", bufsize="
        + queue.size()
        + ">]";
  }

  private String polling(int operation) {
    return key.isValid() && (key.interestOps() & operation) != 0 ? "polling" : "idle";
  }
}
