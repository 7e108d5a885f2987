package dev.weft.selector;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.loop.EventLoop;
import dev.weft.testkit.LogCapture;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A loop that its owner does not close. */
class UnclosedLoopTest {

  @Test
  @DisplayName("LOOP-26: an unclosed loop that is collected warns and closes what it holds")
  void warnsAndCloses() throws Exception {
    try (LogCapture log = LogCapture.start()) {
      Pipe pipe = Pipe.open();
      abandon(pipe);
      await().until(() -> {
        System.gc();
        return log.events().stream().anyMatch(e -> e.message().startsWith("unclosed"));
      });
      pipe.source().configureBlocking(false);
      await().until(() -> !pipe.sink().isOpen());
      assertEquals(-1, pipe.source().read(ByteBuffer.allocate(1)));
    }
  }

  private static void abandon(Pipe pipe) throws Exception {
    SelectorEventLoop loop = (SelectorEventLoop) EventLoop.newEventLoop();
    pipe.sink().configureBlocking(false);
    loop.poller.register(pipe.sink(), 0, operations -> {});
    loop.callSoon(loop::stop);
    loop.runForever();
  }
}
