package dev.weft.stream;

/**
 * What {@code openConnection} returns: the pair {@code (reader, writer)}. Closing it closes the writer.
 *
 * @param reader the receiving side
 * @param writer the sending side
 */
public record Connection(StreamReader reader, StreamWriter writer) implements AutoCloseable {

  /** Closes the writer. Never suspends. */
  @Override
  public void close() {
    writer.close();
  }
}
