package dev.weft.selector;

import dev.weft.carrier.ChildExit;
import dev.weft.carrier.Daemons;
import dev.weft.carrier.Descriptors;
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
 * Starting a process blocks until its program is loaded, so it is done on threads of a pool.
 *
 * The JDK's own pipes to a child can only be read by blocking, and it closes them when the child ends, whoever has
 * inherited them. Where a channel's descriptor is known (see Descriptors) a child is therefore given pipes of
 * ours: Pipe.open() makes one whose ends a selector can watch. The child gets the other end by its descriptor where
 * the C library starts it (see PosixSpawn); where the JDK does, it opens that end by its name under /proc. Either way
 * the pipe blocks the child and not us. Elsewhere Pumps move the bytes.
 */

/** Starts child processes. */
final class Spawner {

  private static final int THREADS = 8;

  /** Where processes are started and signals sent. */
  static final ExecutorService POOL = pool();

  private final List<String> command;
  private final SubprocessOptions options;
  private final boolean selectable; // whether the selector is to watch the pipes
  private final boolean direct; // whether to try without the JDK, if the selector does
  private final CompletableFuture<Spawned> outcome = new CompletableFuture<>();
  private volatile boolean abandoned; // written on the loop

  private Spawner(
      List<String> command, SubprocessOptions options, boolean selectable, boolean direct) {
    this.command = command;
    this.options = options;
    this.selectable = selectable;
    this.direct = direct;
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
   * Starts a child. Suspends; a caller that is cancelled goes on when the child, if there is one by then, has been
   * killed and reaped.
   */
  static Spawned spawn(SelectorEventLoop loop, List<String> command, SubprocessOptions options)
      throws IOException {
    var spawner = new Spawner(command, options, loop.hasSelectablePipes(), loop.startsDirectly());
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
        child.discard(); // nobody has it, nobody will
      }
    }
  }

  /** Waits for the end of a stage, however it ends and whoever cancels the caller, but not in a closed loop. */
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
        CancelRegion.shielded(woken::await); // a cancelled scope would cancel each try
      } catch (CancelledError again) {
        // the caller is being cancelled already
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
        isPipe(options.stdin()) ? new PumpSink(process.getOutputStream()) : null,
        isPipe(options.stdout()) ? new PumpSource(process.getInputStream()) : null,
        hasStderrPipe() ? new PumpSource(process.getErrorStream()) : null);
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
        stdin = new ChannelSink(pipe.sink());
      }
      if (hasStderrPipe()) {
        Pipe pipe = Pipe.open();
        ours.add(pipe.source());
        theirs[2] = pipe.sink();
        stderr = new ChannelSource(pipe.source());
      }
      if (isPipe(options.stdout())) {
        Pipe pipe = Pipe.open();
        ours.add(pipe.source());
        theirs[1] = pipe.sink();
        stdout = new ChannelSource(pipe.source());
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

  /** Has the JDK wait for a child that it has not started. */
  private Spawned startedDirectly(
      long pid, @Nullable PipeSink stdin, @Nullable PipeSource stdout, @Nullable PipeSource stderr)
      throws IOException {
    try {
      ProcessHandle handle = SpareDescriptor.lend(() -> ProcessHandle.of(pid))
          .orElseThrow(() -> new IOException("Cannot look for process " + pid + ", started as \""
              + command.get(0) + "\": it is killed. Perhaps too many files are open"));
      return new Spawned(handle, ChildExit.reap(pid), true, stdin, stdout, stderr);
    } catch (Throwable error) {
      PosixSpawn.discard(pid);
      throw error;
    }
  }

  private static Spawned startedByJdk(
      Process process,
      @Nullable PipeSink stdin,
      @Nullable PipeSource stdout,
      @Nullable PipeSource stderr) {
    try {
      return new Spawned(process.toHandle(), ChildExit.of(process), false, stdin, stdout, stderr);
    } catch (Throwable error) {
      process.destroyForcibly(); // the JDK waits for it
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
