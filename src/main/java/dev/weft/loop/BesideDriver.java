package dev.weft.loop;

/**
 * The virtual thread of one deadline that comes while the driver is parked. It is no platform thread, because the
 * future that it cancels may be the program's own, and an interrupt may wait for a lock of the JDK's.
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
