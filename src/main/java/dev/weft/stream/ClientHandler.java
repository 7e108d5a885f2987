package dev.weft.stream;

/** What a server does with each connection: asyncio's {@code client_connected_cb}. */
@FunctionalInterface
public interface ClientHandler {

  /**
   * Serves one connection, in a task of its own. The connection is closed, behind what is written, when the handler and
   * all tasks that it has started have ended, unless another task then reads or writes, or {@link
   * StreamWriter#keepOpen} was called.
   *
   * <p>In detail: tasks count that the handler, or one that counts, has started by {@code createTask} or as a thread of
   * the loop. Another task may be in a read or in {@code drain} at that time, or has eight turns of the loop to begin:
   * so it may be woken by the queue into which the handler has put the connection. If it begins later its reads and
   * {@code drain} throw an {@code IOException} that says why: {@code keepOpen} is for that. A handler that throws, or
   * is cancelled, has its connection closed in any case. In asyncio the garbage collector closes a connection that no code can reach any more.
   *
   * @throws Exception whatever goes wrong; goes to the loop's exception handler
   */
  void handle(StreamReader reader, StreamWriter writer) throws Exception;
}
