package dev.weft.stream;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A reader as an {@code InputStream}. Its reads park the calling task. */
final class ReaderInputStream extends InputStream {

  private final StreamReader reader;

  ReaderInputStream(StreamReader reader) {
    this.reader = reader;
  }

  @Override
  public int read() throws IOException {
    byte[] one = reader.read(1);
    return one.length == 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    byte[] data = reader.read(length);
    System.arraycopy(data, 0, target, offset, data.length);
    return data.length == 0 ? -1 : data.length;
  }

  @Override
  public int available() {
    return reader.buffered();
  }
}
