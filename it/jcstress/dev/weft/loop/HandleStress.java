package dev.weft.loop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * LOOP-14: another thread cancels the handle of {@code callSoonThreadsafe} while the loop runs it. The results are
 * what the callback had done when {@code cancel} returned, what it did in the end, and how often it ran.
 */
@JCStressTest
@State
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "cancelled before it began")
@Outcome(
    id = "3, 3, 1",
    expect = Expect.ACCEPTABLE,
    desc = "run, and all of it seen by who cancels")
@Outcome(expect = Expect.FORBIDDEN, desc = "cancel returned too early, or did nothing")
public class HandleStress {

  private static final BaseEventLoop LOOP = (BaseEventLoop) EventLoop.newEventLoop();

  private final Driver driver = new Driver(LOOP, LOOP.turns, LOOP.turns.carrier);
  private final Handle handle = new ThreadSafeHandle(LOOP, this::callback, Bindings.EMPTY);

  // plain, because the handle has to make them visible
  private int first;
  private int second;
  private int runs;

  private void callback() {
    first = 1;
    runs++;
    second = 2;
  }

  @Actor
  public void loop() {
    handle.run(driver);
  }

  @Actor
  public void canceller(III_Result result) {
    handle.cancel();
    result.r1 = first + second;
  }

  @Arbiter
  public void arbiter(III_Result result) {
    result.r2 = first + second;
    result.r3 = runs;
  }
}
