package dev.weft.tls;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.TimerHandle;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The time limit of the handshake, and later of the shutdown. Aborts the connection at the limit. Loop thread only. */
final class Deadline {

  private final BaseEventLoop loop;
  private final TlsProtocol layer;
  private @Nullable TimerHandle timer; // null if none is running

  Deadline(BaseEventLoop loop, TlsProtocol layer) {
    this.loop = loop;
    this.layer = layer;
  }

  void start(String what, Duration limit) {
    timer = loop.callDeadline(
        limit,
        () -> layer.expire(new SocketTimeoutException(
            "the TLS " + what + " is taking longer than " + limit + ": aborting the connection")));
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
