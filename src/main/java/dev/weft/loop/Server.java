package dev.weft.loop;

import dev.weft.transport.TransportSocket;
import java.time.Duration;
import java.util.List;

/** A listening server: asyncio's {@code Server}. {@link EventLoop#createServer} creates it. Loop thread only. */
public interface Server extends AutoCloseable {

  /**
   * Returns the loop that the server belongs to ({@code get_loop}). Never suspends. Any thread.
   *
   * @return the loop
   */
  EventLoop getLoop();

  /**
   * Begins to accept connections, unless the server does already ({@code start_serving}). Suspends for one turn. Loop
   * thread only.
   *
   * @throws IllegalStateException if the server is closed, or the caller is not a task
   */
  void startServing();

  /**
   * Accepts connections until the calling task is cancelled or the server is closed ({@code serve_forever}). Suspends.
   * Loop thread only.
   *
   * <p>If the caller is cancelled, the call closes the server and waits until it is closed. If other code calls {@link
   * #close}, this method returns normally. Asyncio's method raises {@code CancelledError} then, which looks as if the
   * caller were cancelled.
   *
   * @throws IllegalStateException if the server is closed, another task is in this call, or the caller is not a task
   * @throws CancelledError if the calling task is cancelled
   */
  void serveForever();

  /**
   * Returns whether the server accepts connections ({@code is_serving}). Never suspends. Loop thread only.
   *
   * @return true while it accepts connections
   */
  boolean isServing();

  /**
   * Stops listening at once ({@code close}). Open connections stay open. Idempotent. Never suspends. Loop thread only.
   */
  @Override
  void close();

  /** Closes the transport of every open connection ({@code close_clients}). Never suspends. Loop thread only. */
  void closeClients();

  /** Aborts the transport of every open connection ({@code abort_clients}). Never suspends. Loop thread only. */
  void abortClients();

  /**
   * Waits until the server is closed and all its connections are lost ({@code wait_closed}). Suspends. Loop thread
   * only.
   *
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  void waitClosed();

  /**
   * Closes the server, lets its connections end by themselves, and aborts those that are left after a time. Returns
   * when all connections are lost. Asyncio has no such method. Suspends. Loop thread only.
   *
   * <p>Connections get no notice of the shutdown, but {@link #isServing} is false from its beginning. A task that
   * handles a connection with streams gets the end of data when its connection is aborted, and may run longer than the
   * connection. A task in {@link #serveForever} returns when the shutdown begins. If that task ends the program, it
   * should call {@link #waitClosed} first. (A cancelled {@code serveForever} waits without a limit until all data is
   * written. A program that should end within the grace on Ctrl-C waits for something else in a {@code try}, and calls
   * this method in its {@code finally}.)
   *
   * <p>If the caller is cancelled, the grace ends at once: the connections that are left are aborted, and are lost when
   * this method throws. A closed server can be shut down too, also by several tasks; the shortest grace counts.
   *
   * @param grace how long to wait, not negative; zero aborts all connections at once
   * @return whether all connections ended by themselves
   * @throws IllegalArgumentException if {@code grace} is negative
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  boolean shutdown(Duration grace);

  /**
   * Distributes the connections that this server accepts over several servers, in turn. They may belong to other loops,
   * which must run. Each server counts the connections that it serves as its own. A closed server closes the
   * connections that it gets, so close the accepting server first. Asyncio has no such method; {@code
   * dev.weft.thread.LoopGroup} uses it. Never suspends. Loop thread only.
   *
   * @param servers servers of {@link EventLoop#createServer}; this server may be one of them
   * @throws IllegalArgumentException if {@code servers} is empty
   */
  void distribute(List<? extends Server> servers);

  /**
   * Returns the listening sockets ({@code sockets}). Never suspends. Loop thread only.
   *
   * @return the sockets; empty once the server is closed
   */
  List<TransportSocket> sockets();

  /**
   * Returns the port of the first listening socket, for example after a start with port 0. Asyncio has no such method.
   * Never suspends. Loop thread only.
   *
   * @return the TCP port
   * @throws IllegalStateException if the server is closed
   */
  int port();
}
