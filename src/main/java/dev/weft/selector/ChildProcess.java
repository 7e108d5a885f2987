package dev.weft.selector;

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
 * Everything the protocol is told takes one more place in the ready queue, as in asyncio's base_subprocess.
 * The pipes and connectionMade are queued in one step, and the exit is asked for after them, so no event can come
 * before connectionMade and none has to be kept for later.
 *
 * A pipe to the child's stdin does not say that nobody reads it while nothing is to be written. So that is asked
 * when the child ends, and again when another of its pipes does: a grandchild may have inherited them all.
 */

/** The transport of a child process. Loop thread only. */
final class ChildProcess implements SubprocessTransport, Releasable {

  private static final Logger LOG = Log.of(Transport.class);

  private final SelectorEventLoop loop;
  private final Spawned child;
  private final ChildSignals signals;
  private final Context context = Context.copyContext();
  private final BaseTransport[] pipes = new BaseTransport[3]; // null: no pipe
  private SubprocessProtocol protocol;
  private OptionalInt returncode = OptionalInt.empty();
  private int openPipes;
  private boolean closed;
  private boolean finished; // connectionLost is called or queued
  private boolean over; // connectionLost has been called

  /** Takes over a child; what goes wrong leaves it to {@link #close}. */
  ChildProcess(SelectorEventLoop loop, Spawned child, SubprocessProtocol protocol) {
    this.loop = loop;
    this.child = child;
    this.protocol = protocol;
    this.signals = new ChildSignals(child.handle());
  }

  /** Connects the pipes; {@code connectionMade} follows in the next turn. */
  void connect() throws IOException {
    loop.opened(this);
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
              LOG.warn("the loop of process {} was closed before it ended: {}", getPid(), loop);
              return null;
            },
            Spawner.POOL);
  }

  // ---- events

  private void tell(Runnable event) {
    loop.callSoon(event, context);
  }

  /** Brings the exit value to the loop. No lambda: it is called where none can be linked, see {@code ChildExit}. */
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
      loop.gone(this);
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
    loop.checkThread("sendSignal");
    if (over) {
      throw new ProcessLookupException("the process is over: " + this);
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
    loop.checkThread("close");
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
