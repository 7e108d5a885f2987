package dev.weft.selector;

import dev.weft.carrier.ChildExit;
import dev.weft.carrier.Daemons;
import dev.weft.carrier.Descriptors;
import dev.weft.io.PipeSink;
import dev.weft.io.Source;
import dev.weft.loop.CancelRegion;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Context;
import dev.weft.loop.Future;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/*
 * A start blocks until the child's program is loaded, so threads of a pool start the processes.
 *
 * The JDK's own pipes to a child have only blocking reads. The JDK also closes them when the child ends, even if
 * another process has inherited them. So a child gets pipes of Weft where the descriptor of a channel is known (see
 * Descriptors). Pipe.open() creates a pipe whose ends a selector can watch. If the C library starts the child (see
 * PosixSpawn), the child gets the other end by its descriptor. If the JDK starts it, the child opens that end by its
 * name under /proc. In both cases the pipe blocks the child but not the loop. Where no descriptor is known, Pumps move
 * the bytes of the JDK's pipes.
 */

/** Starts child processes on threads of a pool. */
final class Spawner {

  private static final int THREADS = 8;

  /** The threads that start processes and send signals. */
  static final ExecutorService POOL = pool();

  private final SelectorEventLoop loop;
  private final List<String> command;
  private final SubprocessOptions options;
  private final boolean selectable; // whether the selector watches the pipes
  private final boolean direct; // whether to try PosixSpawn, if the selector watches the pipes
  private final CompletableFuture<Spawned> outcome = new CompletableFuture<>();
  private volatile boolean abandoned; // written on the loop

  private Spawner(SelectorEventLoop loop, List<String> command, SubprocessOptions options) {
    this.loop = loop;
    this.command = command;
    this.options = options;
    this.selectable = loop.hasSelectablePipes();
    this.direct = loop.startsDirectly();
  }

  private static ExecutorService pool() {
    var pool = new ThreadPoolExecutor(
        THREADS,
        THREADS,
        1,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Daemons.builder().name("weft-spawner-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Starts a child. Suspends. If the caller is cancelled, the call kills a child that has started, waits until it is
   * reaped, and then throws the {@code CancelledError}.
   */
  static Spawned spawn(SelectorEventLoop loop, List<String> command, SubprocessOptions options)
      throws IOException {
    var spawner = new Spawner(loop, command, options);
    Future<Spawned> started = loop.createFuture();
    spawner.outcome.whenComplete((child, error) -> notify(loop, started, child, error));
    POOL.execute(spawner::run);
    try {
      return started.await();
    } catch (CancelledError cancelled) {
      spawner.abandoned = true;
      awaitQuietly(loop, spawner.outcome.thenCompose(child -> {
        child.discard();
        return child.reaped();
      }));
      throw cancelled;
    }
  }

  private static void notify(
      SelectorEventLoop loop, Future<Spawned> started, Spawned child, Throwable error) {
    try {
      loop.callSoonThreadsafe(() -> {
        if (started.done()) {
          return;
        }
        if (error == null) {
          started.setResult(child);
        } else {
          started.setException(error);
        }
      });
    } catch (IllegalStateException closed) {
      if (child != null) {
        child.discard(); // no caller will get the child
      }
    }
  }

  /** Waits until a stage ends, ignoring its outcome and cancellations of the caller. Returns if the loop is closed. */
  static void awaitQuietly(SelectorEventLoop loop, CompletionStage<?> stage) {
    CompletableFuture<?> end = stage.handle((result, error) -> null).toCompletableFuture();
    while (!end.isDone() && !loop.isClosed()) {
      Future<@Nullable Void> woken = loop.createFuture();
      end.thenRun(() -> Pumps.tell(
          loop,
          () -> {
            if (!woken.done()) {
              woken.setResult(null);
            }
          },
          Context.copyContext()));
      try {
        CancelRegion.shielded(
            woken::await); // without it, a cancelled scope would cancel each await
      } catch (CancelledError again) {
        // the caller already handles a cancellation
      }
    }
  }

  // ---- on a thread of the pool

  private void run() {
    try {
      if (abandoned) {
        throw new CancellationException();
      }
      outcome.complete(start());
    } catch (Throwable error) {
      outcome.completeExceptionally(error);
    }
  }

  private Spawned start() throws IOException {
    SpareDescriptor.keep();
    return selectable ? startWithChannels() : startWithStreams();
  }

  private ProcessBuilder builder() throws IOException {
    var builder = new ProcessBuilder(
            options.newSession() ? Sessions.command(command, options.cwd()) : command)
        .redirectErrorStream(options.stderrToStdout());
    options.cwd().ifPresent(cwd -> builder.directory(cwd.toFile()));
    options.env().ifPresent(env -> {
      builder.environment().clear();
      builder.environment().putAll(env);
    });
    builder.redirectInput(
        options.stdin().equals(Redirect.DISCARD)
            ? Redirect.from(Redirect.DISCARD.file())
            : options.stdin());
    builder.redirectOutput(options.stdout());
    if (!options.stderrToStdout()) {
      builder.redirectError(options.stderr());
    }
    return builder;
  }

  private Spawned startWithStreams() throws IOException {
    Process process = JdkStart.start(builder());
    return startedByJdk(
        process,
        isPipe(options.stdin()) ? new PumpSink(loop, process.getOutputStream()) : null,
        isPipe(options.stdout()) ? new PumpSource(loop, process.getInputStream()) : null,
        hasStderrPipe() ? new PumpSource(loop, process.getErrorStream()) : null);
  }

  private Spawned startWithChannels() throws IOException {
    var ours = new ArrayList<Channel>();
    var theirs = new Channel[3];
    try {
      ChannelSink stdin = null;
      ChannelSource stdout = null;
      ChannelSource stderr = null;
      if (isPipe(options.stdin())) {
        Pipe pipe = Pipe.open();
        ours.add(pipe.sink());
        theirs[0] = pipe.source();
        stdin = new ChannelSink(loop, pipe.sink());
      }
      if (hasStderrPipe()) {
        Pipe pipe = Pipe.open();
        ours.add(pipe.source());
        theirs[2] = pipe.sink();
        stderr = new ChannelSource(loop, pipe.source());
      }
      if (isPipe(options.stdout())) {
        Pipe pipe = Pipe.open();
        ours.add(pipe.source());
        theirs[1] = pipe.sink();
        stdout = new ChannelSource(loop, pipe.source());
      }
      OptionalLong pid = direct && PosixSpawn.isReady()
          ? PosixSpawn.start(command, options, numbers(theirs))
          : OptionalLong.empty();
      return pid.isPresent()
          ? startedDirectly(pid.getAsLong(), stdin, stdout, stderr)
          : startedByJdk(startByJdk(theirs), stdin, stdout, stderr);
    } catch (Throwable error) {
      ours.forEach(SelectorEventLoop::closeQuietly);
      throw error;
    } finally {
      for (Channel each : theirs) {
        if (each != null) {
          SelectorEventLoop.closeQuietly(each);
        }
      }
    }
  }

  /** Makes the JDK wait for a child that it has not started. */
  private Spawned startedDirectly(
      long pid, @Nullable PipeSink stdin, @Nullable Source stdout, @Nullable Source stderr)
      throws IOException {
    try {
      ProcessHandle handle = SpareDescriptor.lend(() -> ProcessHandle.of(pid))
          .orElseThrow(() -> new IOException("Cannot find process " + pid + ", started as \""
              + command.get(0) + "\". It is killed. Too many files may be open"));
      return new Spawned(handle, ChildExit.reap(pid), true, stdin, stdout, stderr);
    } catch (Throwable error) {
      PosixSpawn.discard(pid);
      throw error;
    }
  }

  private static Spawned startedByJdk(
      Process process, @Nullable PipeSink stdin, @Nullable Source stdout, @Nullable Source stderr) {
    try {
      return new Spawned(process.toHandle(), ChildExit.of(process), false, stdin, stdout, stderr);
    } catch (Throwable error) {
      process.destroyForcibly(); // the JDK reaps it
      throw error;
    }
  }

  private static int[] numbers(Channel[] pipes) {
    return Arrays.stream(pipes)
        .mapToInt(pipe -> pipe == null ? -1 : Descriptors.numberOf(pipe))
        .toArray();
  }

  private Process startByJdk(Channel[] pipes) throws IOException {
    ProcessBuilder builder = builder();
    if (pipes[0] != null) {
      builder.redirectInput(Descriptors.pathOf(pipes[0]).toFile());
    }
    if (pipes[1] != null) {
      builder.redirectOutput(Descriptors.pathOf(pipes[1]).toFile());
    }
    if (pipes[2] != null) {
      builder.redirectError(Descriptors.pathOf(pipes[2]).toFile());
    }
    return JdkStart.start(builder);
  }

  private static boolean isPipe(Redirect redirect) {
    return redirect.equals(Redirect.PIPE);
  }

  private boolean hasStderrPipe() {
    return !options.stderrToStdout() && isPipe(options.stderr());
  }
}
