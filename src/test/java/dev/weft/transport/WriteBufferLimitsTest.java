package dev.weft.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WriteBufferLimitsTest {

  @Test
  @DisplayName("TR-21: if only one mark is given, the high mark is four times the low one")
  void oneMark() {
    assertEquals(new WriteBufferLimits(250, 1000), WriteBufferLimits.ofHigh(1000));
    assertEquals(new WriteBufferLimits(1000, 4000), WriteBufferLimits.ofLow(1000));
    assertEquals(new WriteBufferLimits(0, 0), WriteBufferLimits.ofHigh(0));
    assertEquals(new WriteBufferLimits(0, 0), WriteBufferLimits.ofLow(0));
    assertEquals(new WriteBufferLimits(16 * 1024, 64 * 1024), WriteBufferLimits.DEFAULT);
  }

  @Test
  @DisplayName("TR-21: marks in the wrong order or below zero are an error that names both")
  void order() {
    new WriteBufferLimits(5, 5);
    var error = assertThrows(IllegalArgumentException.class, () -> new WriteBufferLimits(6, 5));
    assertTrue(error.getMessage().contains("6") && error.getMessage().contains("5"));
    assertThrows(IllegalArgumentException.class, () -> new WriteBufferLimits(-1, 5));
    assertThrows(IllegalArgumentException.class, () -> WriteBufferLimits.ofHigh(-8));
    assertThrows(IllegalArgumentException.class, () -> WriteBufferLimits.ofLow(-1));
  }

  @Test
  @DisplayName("TR-21: if four times the low mark overflows, the high mark is the largest int")
  void largest() {
    assertEquals(
        Integer.MAX_VALUE, WriteBufferLimits.ofLow(Integer.MAX_VALUE / 2).high());
  }
}
