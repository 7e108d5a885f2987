package dev.weft.loop;

/**
 * The virtual thread that runs one deadline while the driver is parked. The carrier's platform thread must not run it:
 * the future that it cancels may be of a class of the program, and an interrupt may wait for a lock of the JDK.
 */
final class BesideDriver implements LoopFiber {

  private final BaseEventLoop loop;
  private final Handle deadline;
  private Object given = Bindings.EMPTY; // or a Context; loop thread only

  BesideDriver(BaseEventLoop loop, Handle deadline) {
    this.loop = loop;
    this.deadline = deadline;
  }

  @Override
  public Object given() {
    return given;
  }

  @Override
  public void give(Object bindingsOrContext) {
    given = bindingsOrContext;
  }

  @Override
  public BaseEventLoop loop() {
    return loop;
  }

  @Override
  public void run() {
    deadline.run(this);
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    loop.turns.unwind(error);
  }
}
