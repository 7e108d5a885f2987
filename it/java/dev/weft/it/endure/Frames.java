package dev.weft.it.endure;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * The data that is sent: the number of the connection, the number of the frame, a length, and that many bytes of a
 * pattern that depends on both numbers. A byte that is lost, repeated, moved or from another connection is therefore
 * noticed.
 */
final class Frames {

  static final int HEADER = 16;
  static final int LARGEST = 60_000;

  private static final int MAGIC = 0x57656674;
  private static final byte[] PATTERN = new byte[1 << 18];

  static {
    new Random(1).nextBytes(PATTERN);
  }

  private Frames() {}

  /** Data that does not begin as a frame does, or has another length. */
  static final class Garbage extends Exception {

    private static final long serialVersionUID = 1;

    Garbage(String what) {
      super(what, null, false, false);
    }
  }

  private static int offset(int id, int number) {
    int mixed = (id * 0x9E3779B9 + number) * 0x85EBCA6B;
    return (mixed >>> 8) % (PATTERN.length - LARGEST);
  }

  private static int length(int id, int number, int largest) {
    return (offset(id, number) * 31 & 0xffffff) % (largest + 1);
  }

  static byte[] frame(int id, int number, int largest) {
    int length = length(id, number, largest);
    byte[] frame = new byte[HEADER + length];
    ByteBuffer.wrap(frame).putInt(MAGIC).putInt(id).putInt(number).putInt(length);
    System.arraycopy(PATTERN, offset(id, number), frame, HEADER, length);
    return frame;
  }

  /** The length of the data after a header; throws Garbage if the header is invalid. */
  static int length(ByteBuffer header) throws Garbage {
    int at = header.position();
    int length = header.getInt(at + 12);
    if (header.getInt(at) != MAGIC || length < 0 || length > LARGEST) {
      throw new Garbage("no frame");
    }
    return length;
  }

  static int id(ByteBuffer header) {
    return header.getInt(header.position() + 4);
  }

  static int number(ByteBuffer header) {
    return header.getInt(header.position() + 8);
  }

  /** Whether an array is the frame of that connection with that number, and nothing else. */
  static boolean is(byte[] frame, int id, int number) {
    var header = ByteBuffer.wrap(frame);
    int length = frame.length - HEADER;
    int offset = offset(id, number);
    return header.getInt(0) == MAGIC
        && id(header) == id
        && number(header) == number
        && header.getInt(12) == length
        && Arrays.equals(frame, HEADER, frame.length, PATTERN, offset, offset + length);
  }
}
