package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.transport.SendfileNotAvailableException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are sent through channels of the user. */
class SockSendfileTest extends TcpTest {

  private static final int SIZE = 5 * 1024 * 1024 + 123;

  @TempDir
  private Path directory;

  private final byte[] content = new byte[SIZE];
  private FileChannel file;

  @BeforeEach
  void makeFile() throws IOException {
    new Random(1).nextBytes(content);
    file = FileChannel.open(Files.write(directory.resolve("file"), content));
  }

  @AfterEach
  void closeFile() throws IOException {
    file.close();
  }

  private Pair nonBlocking() throws IOException {
    Pair pair = pair();
    pair.channel().configureBlocking(false);
    pair.channel().setOption(StandardSocketOptions.SO_SNDBUF, 4096);
    return pair;
  }

  private Future<byte[]> read(Peer peer, int count) {
    return loop.runInExecutor(() -> peer.socket.getInputStream().readNBytes(count));
  }

  @Test
  @DisplayName("SF-5: a file, a part of it, and the position after what was sent")
  void whole() {
    run(() -> {
      Pair pair = nonBlocking();
      Future<byte[]> all = read(pair.peer(), SIZE + 100);
      assertEquals(SIZE, loop.sockSendfile(pair.channel(), file));
      assertEquals(SIZE, file.position());
      assertEquals(100, loop.sockSendfile(pair.channel(), file, 5, 100, false));
      assertEquals(105, file.position());
      byte[] expected = Arrays.copyOf(content, SIZE + 100);
      System.arraycopy(content, 5, expected, SIZE, 100);
      assertArrayEquals(expected, all.await());
      assertFalse(loop.removeWriter(pair.channel()));
    });
  }

  @Test
  @DisplayName(
      "SF-3, SF-4: in blocks if the system cannot send natively; an error if fallback is off")
  void fallback() throws IOException {
    var fake = new FakeFile(file, 0);
    run(() -> {
      Pair pair = nonBlocking();
      Future<byte[]> all = read(pair.peer(), SIZE);
      assertThrows(
          SendfileNotAvailableException.class,
          () -> loop.sockSendfile(pair.channel(), fake, 0, 1, false));
      assertEquals(SIZE, loop.sockSendfile(pair.channel(), fake));
      assertEquals(SIZE, file.position());
      assertArrayEquals(content, all.await());
    });
  }

  @Test
  @DisplayName("SOCK-3, SF-5: a cancelled sending stops; the position shows how much was sent")
  void cancelled() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<Long> sending = Loops.started(() -> loop.sockSendfile(pair.channel(), file));
      assertArrayEquals(Arrays.copyOf(content, 100_000), pair.peer().receive(100_000));
      sending.cancel();
      assertThrows(CancelledError.class, sending::await);
      assertFalse(loop.removeWriter(pair.channel()));
      int sent = (int) file.position();
      assertTrue(sent >= 100_000 && sent < SIZE);
      pair.channel().shutdownOutput();
      assertArrayEquals(Arrays.copyOfRange(content, 100_000, sent), pair.peer().receiveAll());
    });
  }

  @Test
  @DisplayName("SF-6: a peer that closes midway causes an IOException")
  void peerGone() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<Long> sending = Loops.started(() -> loop.sockSendfile(pair.channel(), file));
      pair.peer().receive(100_000);
      pair.peer().reset();
      assertThrows(IOException.class, sending::await);
      assertTrue(file.position() >= 100_000 && file.position() < SIZE);
    });
  }

  @Test
  @DisplayName("SF-1, SOCK-2: bad input is an error")
  void badInput() {
    run(() -> {
      Pair pair = pair();
      assertThrows(IllegalArgumentException.class, () -> loop.sockSendfile(pair.channel(), file));
      pair.channel().configureBlocking(false);
      assertThrows(
          IllegalArgumentException.class,
          () -> loop.sockSendfile(pair.channel(), file, -1, 1, true));
      assertThrows(
          IllegalArgumentException.class,
          () -> loop.sockSendfile(pair.channel(), file, 0, 0, true));
    });
  }
}
