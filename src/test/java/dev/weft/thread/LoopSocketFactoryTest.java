package dev.weft.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ThrowingCallable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.SocketFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LoopSocketFactoryTest {

  private static final String JDKS = Socket.class.getName();

  private static SocketFactory byName() throws ReflectiveOperationException {
    return (SocketFactory)
        Class.forName("dev.weft.thread.LoopSocketFactory").getConstructor().newInstance();
  }

  /** The kind of socket that a thread without a loop gets. */
  private static String elsewhere() throws Exception {
    try (Socket socket = byName().createSocket()) {
      return socket.getClass().getName();
    }
  }

  private static <T> T onAnotherThread(EventLoop loop, ThrowingCallable<T, ?> code) {
    return loop.runInExecutor(code).await();
  }

  private static String kind(EventLoop loop) throws IOException {
    try (Socket socket = loop.newSocket()) {
      return socket.getClass().getName();
    }
  }

  @Test
  @DisplayName(
      "a socket belongs to the running loop, else to the default loop while that runs, else to the JDK")
  void whose() throws Exception {
    assertEquals(JDKS, elsewhere());
    try (EventLoop loop = EventLoop.newEventLoop()) {
      String loops = kind(loop);
      loop.runUntilComplete(() -> {
        try (Socket socket = byName().createSocket()) {
          assertEquals(loops, socket.getClass().getName());
        }
        assertEquals(JDKS, onAnotherThread(loop, LoopSocketFactoryTest::elsewhere));
        LoopSocketFactory.setDefaultLoop(loop);
        assertEquals(loops, onAnotherThread(loop, LoopSocketFactoryTest::elsewhere));
      });
      assertEquals(
          JDKS,
          elsewhere(),
          "a socket of a loop that does not run would make its thread wait for ever");
    }
    assertEquals(JDKS, elsewhere());
    assertThrows(NullPointerException.class, () -> LoopSocketFactory.setDefaultLoop(null));
  }

  @Test
  @DisplayName(
      "tasks of the default loop use connections that another thread has made, for each way to make them")
  void connectedElsewhere() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (EventLoop loop = EventLoop.newEventLoop();
        var listening = new ServerSocket(0, 50, loopback)) {
      int port = listening.getLocalPort();
      LoopSocketFactory.setDefaultLoop(loop);
      String loops = kind(loop);
      loop.runUntilComplete(() -> {
        for (ThrowingCallable<Socket, ?> way : java.util.List.<ThrowingCallable<Socket, ?>>of(
            () -> byName().createSocket(loopback, port),
            () -> byName().createSocket("127.0.0.1", port),
            () -> byName().createSocket(loopback, port, loopback, 0),
            () -> byName().createSocket("127.0.0.1", port, loopback, 0))) {
          try (Socket client = onAnotherThread(loop, way);
              Socket server = listening.accept()) {
            assertEquals(loops, client.getClass().getName());
            var reading = loop.createTask(() -> client.getInputStream().read());
            loop.callSoon(() -> write(server, 7));
            assertEquals(7, reading.await());
          }
        }
      });
    }
  }

  private static void write(Socket socket, int one) {
    try {
      socket.getOutputStream().write(one);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("a library that asks a class for its default gets such a factory")
  void getDefault() throws Exception {
    Object made = LoopSocketFactory.class.getMethod("getDefault").invoke(null);
    assertInstanceOf(LoopSocketFactory.class, made);
  }
}
