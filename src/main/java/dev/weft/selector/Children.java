package dev.weft.selector;

import dev.weft.loop.Task;
import dev.weft.transport.Connected;
import dev.weft.transport.SubprocessOptions;
import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Starts children with a protocol: asyncio's {@code subprocess_exec} and {@code subprocess_shell}. */
final class Children {

  private Children() {}

  static <P extends SubprocessProtocol> Connected<SubprocessTransport, P> start(
      SelectorEventLoop loop,
      Supplier<? extends P> factory,
      List<String> command,
      SubprocessOptions options)
      throws IOException {
    P protocol = Objects.requireNonNull(factory.get(), "the factory's protocol");
    Spawned spawned = Spawner.spawn(loop, command, options);
    var transport = new ChildProcess(loop, spawned, protocol);
    try {
      transport.connect();
      Task.sleep(
          Duration.ZERO); // resumes after connectionMade, before the callbacks that it queues
      return new Connected<>(transport, protocol);
    } catch (Throwable error) {
      transport.close();
      Spawner.awaitQuietly(loop, spawned.reaped());
      throw error;
    }
  }
}
