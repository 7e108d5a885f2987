package dev.weft.stream;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Lineage;
import java.net.SocketException;

/**
 * Sees to it that a server's connection does not outlive those who know it: first its handler, with the tasks that this
 * starts, then whoever has been given the reader or the writer. {@link ClientHandler} has the rule.
 */
final class Custody extends Lineage implements Runnable {

  /** How many turns somebody else has to begin: to be woken by a queue, and to start a task, for instance. */
  private static final int TURNS = 8;

  private final EventLoop loop;
  private final StreamReader reader;
  private final StreamWriter writer;

  // loop thread only
  private boolean over; // the connection is somebody else's, or closed
  private int turns; // since the last of the lineage has ended

  Custody(EventLoop loop, StreamReader reader, StreamWriter writer) {
    this.loop = loop;
    this.reader = reader;
    this.writer = writer;
  }

  /** The connection is somebody else's from now on. */
  void release() {
    over = true;
  }

  /** Somebody reads or writes, or waits to: if none of the lineage is left, somebody else. */
  void use() {
    if (!isAlive()) {
      over = true;
    }
  }

  @Override
  protected void ended() {
    turns = 0;
    if (!over && !writer.isClosing() && !loop.isClosed()) {
      loop.callSoon(this);
    }
  }

  /** Looks whether somebody else has the connection. */
  @Override
  public void run() {
    if (over || isAlive() || writer.isClosing()) {
      return;
    }
    if (reader.isAwaited() || writer.isAwaited()) {
      over = true;
    } else if (++turns < TURNS) {
      loop.callSoon(this);
    } else {
      over = true;
      reader.setException(
          new SocketException("the connection was closed when its handler had ended;"
              + " writer.keepOpen() in the handler keeps it open"));
      writer.close();
    }
  }
}
