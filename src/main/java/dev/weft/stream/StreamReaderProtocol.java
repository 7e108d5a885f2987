package dev.weft.stream;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.SslOptions;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Feeds a reader from a transport, and makes a writer wait for the transport: asyncio's class of the same name. */
final class StreamReaderProtocol extends FlowControl implements Protocol {

  /** How many causes are followed, because they may form a cycle. */
  private static final int DEPTH = 20;

  private final StreamReader reader;
  private final @Nullable ClientHandler handler; // null on the client's side
  private @Nullable IOException handshakeError; // of startTls; null for none
  private boolean overTls; // TLS has no half-closed connections

  StreamReaderProtocol(EventLoop loop, StreamReader reader, @Nullable ClientHandler handler) {
    super(loop);
    this.reader = reader;
    this.handler = handler;
  }

  @Override
  public void connectionMade(BaseTransport base) {
    Transport transport = (Transport) base;
    reader.setTransport(transport);
    overTls = isTls(transport);
    ClientHandler serving = handler;
    if (serving != null) {
      var writer = new StreamWriter(transport, this, reader);
      var custody = new Custody(this, reader, writer);
      reader.setCustody(custody);
      loop.<@Nullable Void>createTask(() -> handle(serving, writer, custody))
          .addDoneCallback(custody);
    }
  }

  private @Nullable Void handle(ClientHandler serving, StreamWriter writer, Custody custody)
      throws Exception {
    custody.begin();
    serving.handle(reader, writer);
    return null;
  }

  private static boolean isTls(Transport transport) {
    return transport.getExtraInfo(ExtraInfo.SSLCONTEXT) != null;
  }

  /** Encrypts the connection. Suspends. Returns the transport to use from now on. */
  Transport startTls(Transport plain, SslOptions ssl) throws IOException {
    boolean serverSide = handler != null;
    ByteBuffer received = reader.peek();
    reader.beginChange();
    try {
      Transport encrypted = loop.startTls(plain, this, ssl, serverSide, received);
      reader.replaceTransport(encrypted);
      overTls = true;
      return encrypted;
    } catch (IOException error) {
      handshakeError = error;
      throw error;
    } finally {
      reader.drop(received.position());
      reader.endChange();
    }
  }

  /** Closes the connection and reports the failure, if the handler has failed or was cancelled. */
  void handled(Future<?> task, StreamWriter writer) {
    if (task.cancelled()) {
      writer.close();
      return;
    }
    task.exception().ifPresent(error -> {
      var record = ExceptionContext.of("Unhandled exception in the handler of a connection")
          .withException(error)
          .with(ExceptionContext.TASK, (Task<?>) task)
          .with(ExceptionContext.TRANSPORT, writer.transport());
      if (isPeers(error)) {
        ((BaseEventLoop) loop).reportPeerFailure(record);
      } else {
        loop.callExceptionHandler(record);
      }
      writer.close();
    });
  }

  /**
   * Returns whether an error of the handler is the end or the failure of its own connection, which it did not catch.
   */
  private boolean isPeers(Throwable error) {
    int depth = 0;
    for (Throwable each = error; each != null && depth < DEPTH; each = each.getCause()) {
      if (each == handshakeError || reader.isBlamedFor(each) || isBlamedFor(each)) {
        return true;
      }
      depth++;
    }
    return false;
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    reader.feedData(data);
  }

  @Override
  public boolean eofReceived() {
    reader.feedEof();
    return !overTls;
  }

  @Override
  public void connectionLost(@Nullable Throwable error) {
    if (error == null) {
      reader.feedEof();
    } else {
      reader.setException(error);
    }
    super.connectionLost(error);
  }
}
