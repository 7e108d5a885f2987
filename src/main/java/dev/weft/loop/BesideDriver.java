package dev.weft.loop;

/**
 * The virtual thread that runs one deadline while the driver is parked. The carrier's platform thread must not run it:
 * the future that it cancels may be of a class of the program, and an interrupt may wait for a lock of the JDK.
 */
final class BesideDriver extends Strand {

  private final BaseEventLoop loop;
  private final Handle deadline;

  BesideDriver(BaseEventLoop loop, Handle deadline) {
    super(Bindings.EMPTY);
    this.loop = loop;
    this.deadline = deadline;
  }

  @Override
  BaseEventLoop loop() {
    return loop;
  }

  @Override
  public void run() {
    deadline.run(this);
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    loop.unwind(error);
  }
}
