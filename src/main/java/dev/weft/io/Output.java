package dev.weft.io;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * A write calls the end at once. The queue gets the bytes that the end does not take and those that are too many for
 * one turn. Interest in output lasts until the queue is empty. A call of the end may park, and meanwhile other code may
 * write, close or abort. `sending` is true during such a call, and writes are queued meanwhile.
 */

/** The writing half of a stream connection: unsent bytes, flow control, and the end of the output. */
final class Output extends WriteFlow {

  /** The number of the write to a lost connection that logs a warning: LOG_THRESHOLD_FOR_CONNLOST_WRITES. */
  private static final int SILENT_WRITES = 5;

  private final Sink sink;
  private @Nullable WriteQueue queue; // null until bytes wait
  private @Nullable Operation transfer; // not null while a file is sent
  private boolean sending;
  private boolean ending; // by writeEof
  private int writesAfterLoss;

  Output(Connection owner, Sink sink) {
    super(owner);
    this.sink = sink;
  }

  @Override
  long size() {
    return queue == null ? 0 : queue.size();
  }

  private boolean isEmpty() {
    return queue == null || queue.isEmpty();
  }

  /** Returns whether all written data has been sent. */
  boolean hasSent() {
    return isEmpty() && !sending;
  }

  /** Watches the sink, or stops to watch it, as the state requires. */
  private void update() {
    sink.watchOutput(isWatched());
  }

  boolean isWatched() {
    return !owner.isLost() && (!isEmpty() || transfer != null);
  }

  // ---- writing

  /** Throws if the program may not write now. */
  void checkOpen(String call) {
    if (ending) {
      throw new IllegalStateException("Cannot call " + call + "() after writeEof()");
    }
    checkNoTransfer(call);
  }

  private void checkNoTransfer(String call) {
    if (transfer != null) {
      throw new IllegalStateException("unable to " + call + ": sendfile is in progress");
    }
  }

  /** Drops data, because the connection cannot send it any more. The fifth time logs a warning. */
  void drop(ByteBuffer data) {
    if (data.hasRemaining()) {
      consume(data);
      dropped();
    }
  }

  /** Drops data, as {@link #drop(ByteBuffer)} does. */
  void drop(List<ByteBuffer> data) {
    if (check(data) > 0) {
      data.forEach(Output::consume);
      dropped();
    }
  }

  private void dropped() {
    if (++writesAfterLoss == SILENT_WRITES) {
      Connection.LOG.warn("writing to a closed connection: {}", owner);
    }
  }

  private static void consume(ByteBuffer data) {
    data.position(data.limit());
  }

  void write(ByteBuffer data) {
    if (!data.hasRemaining()) {
      return;
    }
    try {
      if (hasSent()) {
        send(data);
      } else {
        queue(data, data.remaining(), false);
      }
    } catch (Throwable error) {
      consume(data);
      owner.writeFailed(error);
      return;
    }
    grown();
  }

  /** Writes buffers in as few calls of the system as possible. */
  void write(List<ByteBuffer> data) {
    long total = check(data);
    boolean hadSent = hasSent();
    try {
      data.forEach(buffer -> queue(buffer, total, false));
      if (hadSent && !isEmpty()) {
        flush();
        goOn();
      }
    } catch (Throwable error) {
      data.forEach(Output::consume);
      owner.writeFailed(error);
      return;
    }
    grown();
  }

  /** Sends as much of the data as the system takes now, and queues the rest. */
  private void send(ByteBuffer data) throws IOException {
    sending = true;
    try {
      sink.write(data);
    } finally {
      sending = false;
    }
    if (owner.isLost()) {
      consume(data);
    } else {
      queue(data, data.remaining(), true);
      goOn();
    }
  }

  /**
   * Queues data that the system has not taken. The queue copies the data. If a large write pauses the protocol, the
   * queue uses the memory of the write until the protocol is resumed.
   *
   * @param total the number of bytes that are left of the whole call
   * @param first whether the data belongs before the queued data
   */
  private void queue(ByteBuffer data, long total, boolean first) {
    if (!data.hasRemaining()) {
      return;
    }
    if (queue == null) {
      queue = new WriteQueue();
    }
    if (total > WriteQueue.LARGEST_COPY && willPause(queue.size() + total)) {
      queue.lend(data, owner.loop.getDebug(), first);
    } else if (first) {
      queue.addFirst(data);
    } else {
      queue.add(data);
    }
  }

  /** Sends as much of the queue, which is not empty, as the system takes now. */
  @SuppressWarnings("NullAway") // there is a queue
  private void flush() throws IOException {
    WriteQueue queue = this.queue;
    sending = true;
    try {
      for (int left = Sink.TURN_SIZE;
          left > 0 && !queue.isEmpty() && sink.write(queue);
          left -= Sink.STEP_SIZE) {
        // the system may take more
      }
      if (willResume(queue.size())) {
        queue.copyLent(); // the protocol may use the memory again
      }
    } finally {
      sending = false;
    }
  }

  /** Continues after a write: waits for room for the rest, or performs a pending close or writeEof. */
  private void goOn() {
    if (owner.isLost()) {
      return;
    }
    if (!isEmpty()) {
      update();
    } else if (owner.isClosing()) {
      owner.lose(null);
    } else if (ending) {
      endNow();
    }
  }

  /** Sends unsent bytes, or more of a file. */
  void writable() {
    if (owner.isLost() || sending) {
      return;
    }
    if (isEmpty()) {
      if (transfer != null) {
        transfer.proceed();
      }
      return;
    }
    try {
      flush();
    } catch (Throwable error) {
      owner.writeFailed(error);
      return;
    }
    if (owner.isLost()) {
      return; // aborted while the call of the sink was parked
    }
    shrunk(); // the protocol may write more or close
    if (!hasSent() || owner.isLost()) {
      return;
    }
    update();
    if (owner.isClosing()) {
      owner.finishClosing();
    } else if (ending) {
      endNow();
    } else {
      owner.allSent();
    }
  }

  // ---- the end of the output

  boolean isEnding() {
    return ending;
  }

  /** Ends the output when all data has been sent. The sink is that of a socket. */
  void end() {
    checkNoTransfer("end");
    ending = true;
    if (hasSent()) {
      endNow();
    }
  }

  private void endNow() {
    try {
      ((StreamSocket) sink).shutdownOutput();
    } catch (IOException error) {
      owner.forceClose(error);
    }
  }

  /** Forgets the unsent data. */
  void clear() {
    if (queue != null) {
      queue.clear();
    }
  }

  // ---- sending a file

  /**
   * Sends a file after the queued data. The sink is that of a socket. Suspends.
   *
   * @throws IOException if the file cannot be sent; {@link Operation#await} throws it
   */
  void send(FileTransfer file) throws IOException {
    var operation = new Operation(owner.loop, () -> ((StreamSocket) sink).send(file));
    transfer = operation;
    try {
      if (hasSent()) {
        operation.proceed();
      }
      if (!operation.isOver()) {
        update();
      }
      operation.await();
    } finally {
      transfer = null;
      update();
    }
  }

  /** Ends the sending of a file, because the connection is lost. */
  void lost(@Nullable Throwable error) {
    if (transfer != null) {
      transfer.fail(new SocketException("connection closed during sendfile").initCause(error));
    }
  }
}
