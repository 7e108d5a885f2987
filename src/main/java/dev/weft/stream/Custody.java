package dev.weft.stream;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Lineage;
import java.net.SocketException;

/**
 * Sees to it that a server's connection does not outlive those who know it: first its handler, with the tasks that this
 * starts, then whoever has been given the reader or the writer. {@link ClientHandler} has the rule.
 */
final class Custody extends Lineage implements Runnable {

  /** How many turns another task has to begin, for instance one that a queue wakes and that starts a task. */
  private static final int TURNS = 8;

  private final BaseEventLoop loop;
  private final StreamReader reader;
  private final StreamWriter writer;

  // loop thread only
  private boolean over; // another task has the connection, or it is closed
  private int turns; // since the last of the lineage has ended

  Custody(BaseEventLoop loop, StreamReader reader, StreamWriter writer) {
    this.loop = loop;
    this.reader = reader;
    this.writer = writer;
  }

  /** The program has handed the connection on. */
  void release() {
    over = true;
  }

  /** A task reads or writes, or waits to. Once the lineage has ended it is another task. */
  void use() {
    if (!isAlive()) {
      over = true;
    }
  }

  @Override
  protected void ended() {
    turns = 0;
    if (!over && !writer.isClosing() && !loop.isClosed()) {
      loop.beforeClose(this);
      loop.callSoon(this::look);
    }
  }

  /** Looks whether another task uses the connection. */
  private void look() {
    if (over || isAlive() || writer.isClosing()) {
      loop.forgetBeforeClose(this);
    } else if (reader.isAwaited() || writer.isAwaited()) {
      over = true;
      loop.forgetBeforeClose(this);
    } else if (++turns < TURNS) {
      loop.callSoon(this::look);
    } else {
      loop.forgetBeforeClose(this);
      run();
    }
  }

  /** Closes the connection: no task has begun to use it, and none will. */
  @Override
  public void run() {
    if (over || isAlive() || writer.isClosing()) {
      return;
    }
    over = true;
    reader.setException(new SocketException("the connection was closed when its handler had ended;"
        + " writer.keepOpen() in the handler keeps it open"));
    writer.close();
  }
}
