package dev.weft.stream;

/** What a server does with each connection: asyncio's {@code client_connected_cb}. */
@FunctionalInterface
public interface ClientHandler {

  /**
   * Serves one connection, in a task of its own. Returning does not close it; throwing does.
   *
   * @throws Exception whatever goes wrong; goes to the loop's exception handler
   */
  void handle(StreamReader reader, StreamWriter writer) throws Exception;

  /** A handler that closes the connection when it returns. */
  static ClientHandler closing(ClientHandler handler) {
    return (reader, writer) -> {
      try (writer) {
        handler.handle(reader, writer);
      }
    };
  }
}
