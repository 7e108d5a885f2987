package dev.weft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** {@code Order} fails when it should: with a lenient {@code Order} every test about order would pass. */
final class OrderTest {
  private final Order order = new Order();

  @Test
  void acceptsOneTwoThree() {
    order.expect(1);
    order.expect(2);
    order.finish(3);
    order.checkFinished();
  }

  @Test
  void rejectsSkippedRepeatedAndLateSteps() {
    assertThrows(AssertionError.class, () -> new Order().expect(2));
    order.expect(1);
    assertThrows(AssertionError.class, () -> order.expect(1));

    var done = new Order();
    done.finish(1);
    assertThrows(AssertionError.class, () -> done.expect(2));
    assertThrows(
        AssertionError.class, done::checkFinished, "a step after finish must not be forgotten");
  }

  @Test
  void remembersAWrongStepThatSomebodySwallowed() {
    var wrong = assertThrows(AssertionError.class, order::expectUnreached);
    var again = assertThrows(AssertionError.class, () -> order.finish(1));
    assertSame(wrong, again.getCause());
  }

  @Test
  void anUnfinishedOrderFails() {
    order.expect(1);
    var e = assertThrows(AssertionError.class, order::checkFinished);
    assertEquals(0, e.getMessage().indexOf("not finished, the last step was 1"), e.getMessage());
  }
}
