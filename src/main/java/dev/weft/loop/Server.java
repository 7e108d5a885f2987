package dev.weft.loop;

import dev.weft.transport.TransportSocket;
import java.time.Duration;
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

  /**
   * Closes the server and lets its connections end by themselves, but aborts those that are still there
   * when {@code grace} is over; returns when all are lost. Suspends. asyncio has no such method.
   *
   * <p>Nothing tells the connections that the server is shutting down: {@link #isServing} is false. The
   * task that handles a connection by streams sees the end of data when that is aborted, and may outlive
   * it. A task in {@link #serveForever} returns when this begins, not when it ends; let it call {@link
   * #waitClosed} if the program ends with it. (A cancelled {@code serveForever} flushes without a limit. A
   * program that is to end on Ctrl-C within the grace waits for something else in a {@code try}, and calls
   * this in its {@code finally}.)
   *
   * <p>A caller that is cancelled cuts the grace short: what is left is aborted, and lost when this
   * throws. A server that is closed already can be shut down, also by several tasks; the shortest grace
   * counts.
   *
   * @param grace not negative; zero aborts all at once
   * @return whether there was nothing left to abort
   * @throws IllegalArgumentException if {@code grace} is negative
   * @throws CancelledError if the calling task is cancelled
   */
  boolean shutdown(Duration grace);

  /**
   * Has what this server accepts served by several, in turn: also on other loops, which must run. Each counts what
   * it serves as its own. One that is closed closes what it gets, so the one that accepts is to be closed first.
   * asyncio has no such method. {@code dev.weft.thread.LoopGroup} uses it. Never suspends.
   *
   * @param servers of {@link EventLoop#createServer}; this may be among them
   * @throws IllegalArgumentException if it is empty
   */
  void distribute(List<? extends Server> servers);

  /** The listening sockets ({@code sockets}); empty once closed. */
  List<TransportSocket> sockets();

  /**
   * The port that the first listening socket is bound to: what one wants to know after asking for port 0.
   *
   * @throws IllegalStateException if the server is closed
   */
  int port();
}
