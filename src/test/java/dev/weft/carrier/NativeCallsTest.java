package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class NativeCallsTest {

  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  @DisplayName("before JDK 22 there are no native calls, even if native access is enabled")
  void tooOld() {
    assertFalse(NativeCalls.isAvailable());
  }

  @Test
  @DisplayName("a function is called with fewer than six arguments, and with six")
  void function() {
    assumeTrue(NativeCalls.isAvailable());
    var getpid = new NativeCalls.Function("getpid");
    assertEquals(ProcessHandle.current().pid(), getpid.call());
    var abs = new NativeCalls.Function("abs");
    assertEquals(7, abs.call(-7));
    assertThrows(NoSuchElementException.class, () -> new NativeCalls.Function("no_such_function"));
  }

  @Test
  @DisplayName("allocated memory is zeroed and accessible at its address, until it is freed")
  void memory() {
    assumeTrue(NativeCalls.isAvailable());
    ByteBuffer bytes;
    try (var memory = new NativeCalls.Memory(100)) {
      bytes = memory.bytes();
      assertEquals(100, bytes.capacity());
      while (bytes.hasRemaining()) {
        assertEquals(0, bytes.get());
      }
      bytes.put(0, (byte) '-').put(1, (byte) '7');
      assertEquals(-7, new NativeCalls.Function("atoi").call(memory.address()));
    }
    assertThrows(IllegalStateException.class, () -> bytes.get(0));
  }

  @Test
  @DisplayName("reading a pointer variable returns its present value")
  void pointer() {
    assumeTrue(NativeCalls.isAvailable());
    assertTrue(NativeCalls.pointer("environ").getLong(0) != 0);
    assertThrows(NoSuchElementException.class, () -> NativeCalls.pointer("no_such_variable"));
  }
}
