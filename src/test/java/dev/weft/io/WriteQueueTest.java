package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The bytes that wait to be sent, compared with a plain array. */
class WriteQueueTest {

  private final WriteQueue queue = new WriteQueue();
  private byte[] model = new byte[0];

  @RepeatedTest(50)
  @DisplayName(
      "TR-15: the queue returns the bytes in order, whatever the sizes of writes and sends")
  void model(RepetitionInfo run) {
    var random = new Random(run.getCurrentRepetition());
    for (int i = 0; i < 300; i++) {
      int choice = random.nextInt(100);
      if (choice < 50) {
        add(random);
      } else if (choice < 98) {
        remove(random);
      } else {
        queue.clear();
        model = new byte[0];
      }
      assertEquals(model.length, queue.size());
      assertEquals(model.length == 0, queue.isEmpty());
    }
  }

  private void add(Random random) {
    // mostly small ones, which share a chunk; sometimes the edges of one, or more than one
    int[] sizes = {0, 1, random.nextInt(100), random.nextInt(5_000), 16_383, 16_384, 16_385, 40_000
    };
    byte[] bytes = new byte[sizes[random.nextInt(sizes.length)]];
    random.nextBytes(bytes);
    var data = random.nextBoolean()
        ? ByteBuffer.allocateDirect(bytes.length)
        : ByteBuffer.allocate(bytes.length);
    data.put(bytes).flip();
    queue.add(data.asReadOnlyBuffer());
    if (!data.isReadOnly()) {
      data.put(0, new byte[bytes.length]); // the caller's buffer belongs to the caller again
    }
    int before = model.length;
    model = Arrays.copyOf(model, before + bytes.length);
    System.arraycopy(bytes, 0, model, before, bytes.length);
  }

  private void remove(Random random) {
    if (queue.isEmpty()) {
      return;
    }
    var target = ByteBuffer.allocate(1 + random.nextInt(50_000));
    queue.copyTo(target);
    int copied = Math.min(target.capacity(), model.length);
    assertEquals(copied, target.position());
    assertArrayEquals(Arrays.copyOf(model, copied), Arrays.copyOf(target.array(), copied));
    int sent = random.nextInt(copied + 1);
    queue.remove(sent);
    model = Arrays.copyOfRange(model, sent, model.length);
  }

  @Test
  @DisplayName("TR-15: adding takes all of the caller's buffer, and nothing from an empty one")
  void position() {
    var data = ByteBuffer.wrap(new byte[20_000]).position(10);
    queue.add(data);
    assertFalse(data.hasRemaining());
    assertEquals(19_990, queue.size());
    queue.add(data);
    assertEquals(19_990, queue.size());
  }
}
