package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.examples.FileServer;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large files through {@code sendfile}. */
@RequiresPeer("python")
@Timeout(150)
class SendfileIT {

  private static final long GIB = 1L << 30;
  private static final int MIB = 1 << 20;

  @TempDir
  private Path directory;

  @Test
  @DisplayName("SF-2: 1 GiB to two slow readers at a time, to the byte, with a heap of 16 MiB")
  void large() throws Exception {
    Path file = directory.resolve("sparse");
    String expected = GIB + " bytes " + write(file);
    try (Peer weft = Weft.example(FileServer.class, "16m", file);
        Peer slow = Peers.startPython("slow_reader.py", Weft.port(weft), 4 * MIB);
        Peer slower = Peers.startPython("slow_reader.py", Weft.port(weft), 3 * MIB)) {
      assertEquals(0, slow.waitFor(Duration.ofSeconds(120)), slow::output);
      assertEquals(0, slower.waitFor(Duration.ofSeconds(120)), slower::output);
      assertEquals(expected, slow.output().strip());
      assertEquals(expected, slower.output().strip());
      weft.awaitOutput("sent " + GIB + " bytes\nsent " + GIB + " bytes", Duration.ofSeconds(10));
      assertFalse(weft.output().contains("ERROR"), weft::output);
    }
  }

  /** Holes with some bytes here and there. Returns the hash. */
  private static String write(Path path) throws Exception {
    var random = new Random(1);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] block = new byte[MIB];
    try (var file = FileChannel.open(
        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
      for (long position = 0; position < GIB; position += MIB) {
        byte[] mark = new byte[1000];
        random.nextBytes(mark);
        int at = random.nextInt(MIB - mark.length);
        System.arraycopy(mark, 0, block, at, mark.length);
        digest.update(block);
        Arrays.fill(block, (byte) 0);
        file.write(ByteBuffer.wrap(mark), position + at);
      }
      file.write(ByteBuffer.allocate(1), GIB - 1);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
