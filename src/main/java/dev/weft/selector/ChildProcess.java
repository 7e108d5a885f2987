package dev.weft.selector;

import dev.weft.io.ReadPipe;
import dev.weft.io.WritePipe;
import dev.weft.log.Log;
import dev.weft.loop.Context;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ProcessLookupException;
import dev.weft.transport.Protocol;
import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/*
 * Each call of the protocol is queued once more in the ready queue, as in asyncio's base_subprocess. `connect` starts
 * the pipes and queues connectionMade in one step, and then asks for the exit. So no event can come before
 * connectionMade, and no event must be stored.
 *
 * While nothing is written to the child's stdin, the pipe does not report that its last reader is gone. So this class
 * checks it when the child ends, and again when another pipe of the child ends, because a grandchild may have inherited
 * all pipes.
 */

/** The transport of a child process. Loop thread only. */
final class ChildProcess implements SubprocessTransport, Releasable {

  private static final Logger LOG = Log.of(Transport.class);

  private final SelectorEventLoop loop;
  private final Spawned child;
  private final ChildSignals signals;
  private final Context context = Context.copyContext();
  private final BaseTransport[] pipes = new BaseTransport[3]; // null for a stream that is no pipe
  private SubprocessProtocol protocol;
  private OptionalInt returncode = OptionalInt.empty();
  private int openPipes;
  private boolean closed;
  private boolean finished; // connectionLost is called or queued
  private boolean over; // connectionLost has been called

  /** Takes over a child. The caller must call {@link #close} if {@link #connect} fails. */
  ChildProcess(SelectorEventLoop loop, Spawned child, SubprocessProtocol protocol) {
    this.loop = loop;
    this.child = child;
    this.protocol = protocol;
    this.signals = new ChildSignals(child.handle());
  }

  /** Connects the pipes; {@code connectionMade} follows in the next turn. */
  void connect() throws IOException {
    loop.poller.opened(this);
    if (child.stdin() != null) {
      pipes[0] = new WritePipe(loop, child.stdin(), new StdinProtocol(), null);
      openPipes++;
    }
    if (child.stdout() != null) {
      pipes[1] = new ReadPipe(loop, child.stdout(), new OutputProtocol(1), null);
      openPipes++;
    }
    if (child.stderr() != null) {
      pipes[2] = new ReadPipe(loop, child.stderr(), new OutputProtocol(2), null);
      openPipes++;
    }
    if (loop.getDebug()) {
      LOG.debug("{} created", this);
    }
    loop.callSoon(() -> protocol.connectionMade(this), context);
    child
        .exit()
        .thenAccept(new ExitNotice())
        .exceptionallyAsync(
            closed -> {
              LOG.warn("process {} was still running when its loop was closed: {}", getPid(), loop);
              return null;
            },
            Spawner.POOL);
  }

  // ---- events

  private void tell(Runnable event) {
    loop.callSoon(event, context);
  }

  /** Passes the exit value to the loop. A class, because {@code ChildExit} calls it where no lambda can be linked. */
  private final class ExitNotice implements Consumer<Integer>, Runnable {
    private int code;

    @Override
    public void accept(Integer code) {
      this.code = code;
      loop.callSoonThreadsafe(this, context);
    }

    @Override
    public void run() {
      exited(code);
    }
  }

  private void exited(int code) {
    returncode = OptionalInt.of(signals.returncode(code));
    if (loop.getDebug()) {
      LOG.info("{} exited with return code {}", this, returncode.getAsInt());
    }
    tell(() -> protocol.processExited());
    checkStdin();
    finishIfOver();
  }

  private void checkStdin() {
    if (pipes[0] != null) {
      ((WritePipe) pipes[0]).checkReader();
    }
  }

  private void pipeLost(int fd, @Nullable Throwable error) {
    openPipes--;
    tell(() -> protocol.pipeConnectionLost(fd, error));
    if (returncode.isPresent()) {
      checkStdin();
    }
    finishIfOver();
  }

  private void finishIfOver() {
    if (returncode.isPresent() && openPipes == 0 && !finished) {
      finished = true;
      tell(this::finish);
    }
  }

  private void finish() {
    try {
      protocol.connectionLost(null);
    } finally {
      over = true;
      closed = true;
      loop.poller.gone(this);
    }
  }

  private final class StdinProtocol implements BaseProtocol {
    @Override
    public void pauseWriting() {
      protocol.pauseWriting();
    }

    @Override
    public void resumeWriting() {
      protocol.resumeWriting();
    }

    @Override
    public void connectionLost(@Nullable Throwable error) {
      pipeLost(0, error);
    }
  }

  private final class OutputProtocol implements Protocol {
    private final int fd;

    OutputProtocol(int fd) {
      this.fd = fd;
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      tell(() -> protocol.pipeDataReceived(fd, data));
    }

    @Override
    public void connectionLost(@Nullable Throwable error) {
      pipeLost(fd, error);
    }
  }

  // ---- signals

  @Override
  public void sendSignal(int signal) {
    if (signal < 1 || signal > ChildSignals.HIGHEST) {
      throw new IllegalArgumentException(
          "signal must be between 1 and " + ChildSignals.HIGHEST + ": " + signal);
    }
    loop.checkOnLoop("sendSignal");
    if (over) {
      throw new ProcessLookupException("the process has ended: " + this);
    }
    if (returncode.isEmpty()) {
      signals.send(signal);
    }
  }

  @Override
  public void terminate() {
    sendSignal(ChildSignals.SIGTERM);
  }

  @Override
  public void kill() {
    sendSignal(ChildSignals.SIGKILL);
  }

  // ---- the end

  @Override
  public void close() {
    if (closed) {
      return;
    }
    loop.checkOnLoop("close");
    closed = true;
    for (BaseTransport pipe : pipes) {
      if (pipe != null) {
        pipe.close();
      }
    }
    if (returncode.isEmpty() && child.handle().isAlive()) {
      if (loop.getDebug()) {
        LOG.warn("Close running child process: kill {}", this);
      }
      signals.killNow();
    }
  }

  @Override
  public void release() {
    if (returncode.isEmpty()) {
      signals.killNow();
    }
  }

  @Override
  public boolean isClosing() {
    return closed;
  }

  // ---- what it is

  @Override
  public long getPid() {
    return child.handle().pid();
  }

  @Override
  public OptionalInt getReturncode() {
    return returncode;
  }

  @Override
  public Optional<BaseTransport> getPipeTransport(int fd) {
    return fd < 0 || fd >= pipes.length ? Optional.empty() : Optional.ofNullable(pipes[fd]);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return key == ExtraInfo.SUBPROCESS ? (T) child.handle() : null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    Objects.requireNonNull(protocol, "protocol");
    if (!(protocol instanceof SubprocessProtocol)) {
      throw new IllegalArgumentException("a child needs a SubprocessProtocol: " + protocol);
    }
    this.protocol = (SubprocessProtocol) protocol;
  }

  @Override
  public BaseProtocol getProtocol() {
    return protocol;
  }

  @Override
  public String toString() {
    return "ChildProcess["
        + (closed ? "closed, " : "")
        + "pid="
        + getPid()
        + (child.direct() ? ", posix_spawn" : "")
        + (returncode.isPresent() ? ", returncode=" + returncode.getAsInt() : ", running")
        + "]";
  }
}
