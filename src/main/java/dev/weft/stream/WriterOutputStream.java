package dev.weft.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** A writer as an {@code OutputStream}. Its writes park the calling task while too much is buffered. */
final class WriterOutputStream extends OutputStream {

  private final StreamWriter writer;

  WriterOutputStream(StreamWriter writer) {
    this.writer = writer;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value});
  }

  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    writer.write(ByteBuffer.wrap(data, offset, length));
    writer.drain();
  }

  @Override
  public void close() {
    writer.close();
  }
}
