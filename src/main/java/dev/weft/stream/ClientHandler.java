package dev.weft.stream;

/**
 * The code of a server for each connection: asyncio's {@code client_connected_cb}.
 *
 * <pre>{@code
 * startServer((reader, writer) -> {
 *   for (String line : reader.lines()) {
 *     writer.write(line.toUpperCase() + "\n");
 *     writer.drain();
 *   }
 * }, "127.0.0.1", 8888);
 * }</pre>
 */
@FunctionalInterface
public interface ClientHandler {

  /**
   * Serves one connection, in a task of its own. When the handler and all tasks that it started have ended, the server
   * sends what is written and closes the connection, unless another task then reads or writes, or the handler has
   * called {@link StreamWriter#keepOpen}. May suspend.
   *
   * <p>In detail: a task counts if the handler, or a task that counts, started it by {@code createTask} or as a thread
   * of the loop. Another task may be in a read or in {@code drain} at that time, or has eight turns of the loop to
   * begin: a queue into which the handler put the connection may wake it. If it begins later, its reads and
   * {@code drain} throw an {@code IOException} that says why; {@code keepOpen} is for that case. The server closes the
   * connection of a handler that throws or is cancelled in any case. In asyncio the garbage collector closes a
   * connection that no code can reach any more.
   *
   * @param reader the receiving side
   * @param writer the sending side
   * @throws Exception if the handler fails. The loop's exception handler receives the failure, unless it is the end or
   *     the loss of this connection: the loop counts those and logs a summary, and in debug mode passes them on
   */
  void handle(StreamReader reader, StreamWriter writer) throws Exception;
}
