package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a future shows about itself before and after its completion, and which code may complete it. */
class FutureStateTest {

  private final EventLoop loop = Loops.newLoop();
  private final Future<Object> future = loop.createFuture();

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  @DisplayName("FUT-1: a result is final")
  void resultIsFinal() {
    future.setResult("first");

    assertRefusesCompletion();
    assertFalse(future.cancelled());
    assertEquals("first", future.result());
    assertEquals(Optional.empty(), future.exception());
  }

  @Test
  @DisplayName("FUT-1: a failure is final")
  void failureIsFinal() {
    var failure = new IOException("first");
    future.setException(failure);

    assertRefusesCompletion();
    assertFalse(future.cancelled());
    assertSame(failure, assertThrows(IOException.class, future::result));
    assertSame(failure, future.exception().orElseThrow());
  }

  @Test
  @DisplayName("FUT-1: a cancellation is final")
  void cancellationIsFinal() {
    assertTrue(future.cancel());

    assertRefusesCompletion();
    assertTrue(future.cancelled());
  }

  private void assertRefusesCompletion() {
    assertTrue(future.done());
    assertThrows(InvalidStateException.class, () -> future.setResult("second"));
    assertThrows(InvalidStateException.class, () -> future.setException(new Exception("second")));
    assertFalse(future.cancel("second"), "FUT-6: cancelling what is done");
  }

  @Test
  @DisplayName("FUT-5: a pending future has neither result nor exception")
  void pending() {
    assertFalse(future.done());
    assertFalse(future.cancelled());
    assertThrows(InvalidStateException.class, future::result);
    assertThrows(InvalidStateException.class, future::exception);
  }

  @Test
  @DisplayName("FUT-5: a cancelled future throws CancelledError from result() and exception()")
  void cancelled() {
    future.cancel();

    assertThrows(CancelledError.class, future::result);
    assertThrows(CancelledError.class, future::exception);
  }

  @Test
  @DisplayName("FUT-7: the message of cancel() is in the error that each reader gets")
  void cancelMessage() {
    future.cancel("enough");

    assertEquals("enough", assertThrows(CancelledError.class, future::result).getMessage());
    assertEquals("enough", assertThrows(CancelledError.class, future::exception).getMessage());
  }

  @Test
  @DisplayName("FUT-7: cancel() without a message gives an error without one")
  void noCancelMessage() {
    future.cancel();

    assertNull(assertThrows(CancelledError.class, future::result).getMessage());
  }

  @Test
  @DisplayName("null is a valid result")
  void nullResult() {
    future.setResult(null);

    assertTrue(future.done());
    assertNull(future.result());
  }

  @Test
  @DisplayName("FUT-8: null as a failure is an error, and the future stays pending")
  void nullFailure() {
    var error = assertThrows(NullPointerException.class, () -> future.setException(null));

    assertEquals("failure", error.getMessage());
    assertFalse(future.done());
  }

  @Test
  @DisplayName(
      "FUT-13: completing from another thread fails while the loop runs, and changes nothing")
  void foreignThread() {
    loop.runUntilComplete(() -> {
      assertWrongThread(() -> future.setResult("x"));
      assertWrongThread(() -> future.setException(new Exception()));
      assertWrongThread(future::cancel);
      assertWrongThread(() -> future.addDoneCallback(done -> {}));
      assertFalse(future.done());
      future.setResult("mine");
      assertEquals("mine", future.await());
    });
  }

  private void assertWrongThread(ThrowingRunnable<?> completion) {
    var thrown = assertThrows(
        IllegalStateException.class,
        () -> loop.runInExecutor(completion.asCallable()).await());

    assertFalse(
        thrown instanceof InvalidStateException, "it is the thread that is wrong: " + thrown);
    assertTrue(thrown.getMessage().contains("callSoonThreadsafe"), thrown.getMessage());
  }

  @Test
  @DisplayName("FUT-16: completing a future with callbacks fails after its loop is closed")
  void afterClose() {
    Future<Object> unwatched = loop.createFuture();
    future.addDoneCallback(done -> {});
    loop.close();

    var error = assertThrows(IllegalStateException.class, () -> future.setResult("x"));
    assertTrue(error.getMessage().contains("closed"), error.getMessage());
    assertDoesNotThrow(() -> unwatched.setResult("x"));
  }

  @Test
  @DisplayName(
      "FUT-17: printing a future does not print its result, even if it is the future itself")
  void toStringIsBounded() {
    assertTrue(future.toString().contains("pending"), future.toString());
    future.setResult(future);
    assertTrue(future.toString().contains("finished"), future.toString());

    Future<Object> other = loop.createFuture();
    other.setResult(new Object() {
      @Override
      public String toString() {
        throw new AssertionError("called");
      }
    });
    assertTrue(other.toString().contains("finished"), other.toString());
  }

  @Test
  @DisplayName(
      "FUT-17: the text of a failed future names the failure, whether or not code has looked at it")
  void toStringOfAFailure() {
    future.setException(new IllegalArgumentException("secret"));
    String unseen = future.toString();
    assertTrue(unseen.contains("failed with java.lang.IllegalArgumentException]"), unseen);
    assertTrue(future.exception().isPresent());
    assertEquals(unseen, future.toString());
  }

  @Test
  @DisplayName("FUT-17: tasks that wait for each other can be printed")
  void toStringOfACycle() {
    loop.runUntilComplete(() -> {
      var tasks = new Task<?>[2];
      tasks[0] = loop.createTask(() -> tasks[1].await());
      tasks[1] = loop.createTask(() -> tasks[0].await());
      Loops.turns(1);

      assertTrue(tasks[0].toString().contains("pending"), tasks[0].toString());

      // A cancel would be passed round the cycle without end, as in asyncio; so the tasks are not
      // cancelled.
      loop.setExceptionHandler((l, record) -> {});
    });
  }
}
