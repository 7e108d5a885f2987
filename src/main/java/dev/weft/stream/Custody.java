package dev.weft.stream;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Lineage;
import java.net.SocketException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Closes a server's connection when no code uses it any longer: first its handler, with the tasks that the handler
 * starts, then the tasks to which they have passed the reader or the writer. {@link ClientHandler} has the rule.
 */
final class Custody extends Lineage implements Runnable, Consumer<Future<@Nullable Void>> {

  /**
   * The number of turns within which another task must begin to use the connection. A queue may wake it, and it may
   * start a task.
   */
  private static final int TURNS = 8;

  private final StreamReaderProtocol protocol;
  private final StreamReader reader;
  private final StreamWriter writer;

  // loop thread only
  private boolean over; // another task has the connection, or it is closed
  private byte
      turns; // since the last task of the lineage ended; a byte, because connections are many

  Custody(StreamReaderProtocol protocol, StreamReader reader, StreamWriter writer) {
    this.protocol = protocol;
    this.reader = reader;
    this.writer = writer;
  }

  private BaseEventLoop loop() {
    return (BaseEventLoop) protocol.loop;
  }

  /** Handles the end of the handler. */
  @Override
  public void accept(Future<@Nullable Void> task) {
    protocol.handled(task, writer);
  }

  /** Leaves the connection to the program, which closes it. */
  void release() {
    over = true;
  }

  /** Records that a task reads or writes. Once the lineage has ended, it is another task. */
  void use() {
    if (!isAlive()) {
      over = true;
    }
  }

  @Override
  protected void ended() {
    turns = 0;
    if (!over && !writer.isClosing() && !loop().isClosed()) {
      loop().beforeClose(this);
      loop().callSoon(this::look);
    }
  }

  /** Checks whether another task uses the connection. */
  private void look() {
    if (over || isAlive() || writer.isClosing()) {
      loop().forgetBeforeClose(this);
    } else if (reader.isAwaited() || writer.isAwaited()) {
      over = true;
      loop().forgetBeforeClose(this);
    } else if (++turns < TURNS) {
      loop().callSoon(this::look);
    } else {
      loop().forgetBeforeClose(this);
      run();
    }
  }

  /** Closes the connection, because no task has begun to use it. */
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
