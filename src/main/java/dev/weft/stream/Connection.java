package dev.weft.stream;

/**
 * The result of {@code openConnection}: the pair {@code (reader, writer)}. Closing it closes the writer.
 *
 * <pre>{@code
 * try (Connection connection = openConnection("127.0.0.1", 8888)) {
 *   connection.writer().write("hello\n");
 *   byte[] line = connection.reader().readline();
 * }
 * }</pre>
 *
 * @param reader the receiving side
 * @param writer the sending side
 */
public record Connection(StreamReader reader, StreamWriter writer) implements AutoCloseable {

  /**
   * Closes the writer, which sends what is buffered in the background. Idempotent. Never suspends. Loop thread only.
   */
  @Override
  public void close() {
    writer.close();
  }
}
