package dev.weft.process;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.stream.FlowControl;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.ReadTransport;
import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;
import dev.weft.transport.WriteTransport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a child's output to readers, and makes a writer wait for the child's stdin: asyncio's
 * {@code SubprocessStreamProtocol}.
 */
final class ProcessProtocol extends FlowControl implements SubprocessProtocol {

  private final EventLoop loop;
  private final int limit;
  private final StreamReader[] readers = new StreamReader[3]; // null if not a pipe
  private final List<Future<@Nullable Void>> waiters = new ArrayList<>(1);
  private @Nullable StreamWriter stdin; // null if not a pipe

  @SuppressWarnings("NullAway.Init") // set by connectionMade
  private SubprocessTransport transport;

  private int openOutputs;
  private boolean exited;

  ProcessProtocol(EventLoop loop, int limit) {
    super(loop);
    this.loop = loop;
    this.limit = limit;
  }

  /** Returns the writer to the child's stdin, or null if stdin is not a pipe. */
  @Nullable
  StreamWriter stdin() {
    return stdin;
  }

  /** Returns the reader of the child's stdout, 1, or stderr, 2; null if that is not a pipe. */
  @Nullable
  StreamReader reader(int fd) {
    return readers[fd];
  }

  @Override
  public void connectionMade(BaseTransport base) {
    transport = (SubprocessTransport) base;
    for (int fd = 1; fd <= 2; fd++) {
      ReadTransport pipe = (ReadTransport) transport.getPipeTransport(fd).orElse(null);
      if (pipe != null) {
        readers[fd] = new StreamReader(loop, limit);
        readers[fd].setTransport(pipe);
        openOutputs++;
      }
    }
    transport
        .getPipeTransport(0)
        .ifPresent(pipe -> stdin = new StreamWriter((WriteTransport) pipe, this));
  }

  @Override
  public void pipeDataReceived(int fd, ByteBuffer data) {
    readers[fd].feedData(data);
  }

  @Override
  public void pipeConnectionLost(int fd, @Nullable Throwable error) {
    if (fd == 0) {
      Objects.requireNonNull(stdin).close();
      connectionLost(error);
      return;
    }
    if (error == null) {
      readers[fd].feedEof();
    } else {
      readers[fd].setException(error);
    }
    openOutputs--;
    closeIfOver();
  }

  @Override
  public void processExited() {
    exited = true;
    for (Future<@Nullable Void> waiter : waiters) {
      if (!waiter.done()) {
        waiter.setResult(null);
      }
    }
    closeIfOver();
  }

  private void closeIfOver() {
    if (openOutputs == 0 && exited) {
      transport.close();
    }
  }

  /** Waits until the child has ended. Suspends. */
  void waitForExit() {
    if (exited) {
      return;
    }
    Future<@Nullable Void> waiter = loop.createFuture();
    waiters.add(waiter);
    try {
      waiter.await();
    } finally {
      waiters.remove(waiter);
    }
  }
}
