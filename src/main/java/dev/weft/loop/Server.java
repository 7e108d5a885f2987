package dev.weft.loop;

import dev.weft.transport.TransportSocket;
import java.util.List;

/**
 * A listening server: asyncio's {@code Server}, made by {@link EventLoop#createServer}. Its methods
 * belong to the loop's thread.
 */
public interface Server extends AutoCloseable {

  /** The loop that the server belongs to ({@code get_loop}). */
  EventLoop getLoop();

  /**
   * Begins to accept connections ({@code start_serving}), unless it does already. Suspends for a turn.
   *
   * @throws IllegalStateException if the server is closed
   */
  void startServing();

  /**
   * Accepts connections until the calling task is cancelled or the server closed ({@code
   * serve_forever}). Suspends.
   *
   * <p>A cancelled caller closes the server and waits until it is closed. When {@link #close} is called
   * elsewhere, this returns normally; asyncio's raises {@code CancelledError} then, which looks as if the
   * caller were cancelled.
   *
   * @throws IllegalStateException if the server is closed or another task is in this call
   * @throws CancelledError if the calling task is cancelled
   */
  void serveForever();

  /** Whether connections are being accepted ({@code is_serving}). */
  boolean isServing();

  /**
   * Stops listening at once ({@code close}); open connections stay open. Idempotent. Never suspends.
   */
  @Override
  void close();

  /** Closes the transport of every open connection ({@code close_clients}). Never suspends. */
  void closeClients();

  /** Aborts the transport of every open connection ({@code abort_clients}). Never suspends. */
  void abortClients();

  /**
   * Waits until the server is closed and all its connections are lost ({@code wait_closed}). Suspends.
   *
   * @throws CancelledError if the calling task is cancelled
   */
  void waitClosed();

  /** The listening sockets ({@code sockets}); empty once closed. */
  List<TransportSocket> sockets();

  /**
   * The port that the first listening socket is bound to: what one wants to know after asking for port 0.
   *
   * @throws IllegalStateException if the server is closed
   */
  int port();
}
