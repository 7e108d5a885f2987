package dev.weft.selector;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.stream.FlowControl;
import dev.weft.testkit.ChildJvm;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.WriteBufferLimits;
import dev.weft.transport.WriteTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Memory is exhausted in a write or a read: that connection fails with the error, the exception handler gets it, and
 * the loop, its timers and its other connections go on. Each runs in its own JVM.
 */
@Tag("slow")
class LittleMemoryTest {

  private static final List<String> GOES_ON = List.of("ticks", "echo");

  /** The program of the child. */
  static final class Program {

    /** A transport that is never above its high-water mark copies whatever it does not send at once. */
    private static final WriteBufferLimits COPIES = new WriteBufferLimits(0, Integer.MAX_VALUE);

    private final EventLoop loop = EventLoop.newEventLoop();
    private final List<String> reports = new ArrayList<>();
    private Recorder other;
    private Peer otherPeer;
    private int ticks;

    public static void main(String[] arguments) {
      new Program().run(arguments[0]);
    }

    private void run(String scenario) {
      loop.setExceptionHandler((source, record) -> reports.add(
          record.message() + ": " + record.exception().orElseThrow().getClass().getSimpleName()));
      // links the handler's code, which would take memory later
      loop.callExceptionHandler(
          ExceptionContext.of("before").withException(new OutOfMemoryError()));
      reports.clear();
      loop.runUntilComplete(() -> {
        Task<Void> ticker = loop.createTask(() -> {
          while (true) {
            Task.sleep(Duration.ofMillis(5));
            ticks++;
          }
        });
        connectOther();
        switch (scenario) {
          case "caught", "uncaught", "lines" -> socket(scenario);
          case "pipe" -> pipe();
          case "child" -> child();
          case "datagram" -> datagram();
          case "read" -> read();
          case "direct" -> direct();
          default -> throw new IllegalArgumentException(scenario);
        }
        goesOn();
        otherPeer.close();
        other.lost.await();
        ticker.cancel();
      });
      loop.close();
      reports.forEach(System.out::println);
    }

    /** A connection that is not involved in the failure. */
    private void connectOther() throws IOException {
      other = new Recorder(loop) {
        @Override
        public void dataReceived(ByteBuffer data) {
          transport.write(data);
        }
      };
      Server server = loop.createServer(() -> other, TcpTest.LOCAL, 0);
      otherPeer = Peer.connect(loop, server.port());
      other.awaitEvent("made");
    }

    private void goesOn() throws IOException {
      int before = ticks;
      Task.sleep(Duration.ofMillis(200));
      System.out.println(ticks > before ? "ticks" : "no ticks");
      otherPeer.send("echo");
      System.out.println(otherPeer.receiveText(4));
    }

    private static byte[] huge() {
      return new byte[(int) (Runtime.getRuntime().maxMemory() / 100 * 55)];
    }

    private void socket(String scenario) throws IOException {
      var failing = new Recorder(loop) {
        @Override
        public void dataReceived(ByteBuffer data) {
          transport.setWriteBufferLimits(COPIES);
          if (scenario.equals("uncaught")) {
            transport.write(huge());
            return;
          }
          try {
            if (scenario.equals("lines")) {
              transport.writelines(
                  List.of(ByteBuffer.wrap("small".getBytes(US_ASCII)), ByteBuffer.wrap(huge())));
            } else {
              transport.write(huge());
            }
          } catch (OutOfMemoryError e) {
            System.out.println("caught");
          }
        }
      };
      Server server = loop.createServer(() -> failing, TcpTest.LOCAL, 0);
      Peer peer = Peer.connect(loop, server.port());
      peer.send("go");
      System.out.println("lost " + failing.lost.await());
      System.out.println(failing.transport.getWriteBufferSize() + " bytes left");
      peer.close();
    }

    private void pipe() throws IOException {
      Pipe pipe = Pipe.open();
      writeHuge(loop.connectWritePipe(
              () -> new FlowControl(loop) {
                @Override
                public void connectionLost(Throwable error) {
                  System.out.println("lost " + error);
                }
              },
              pipe.sink())
          .transport());
      Task.sleep(Duration.ofMillis(1));
      System.out.println(pipe.sink().isOpen() ? "open" : "closed");
      pipe.source().close();
    }

    private void child() throws IOException {
      var over = loop.<Void>createFuture();
      var protocol = new SubprocessProtocol() {
        @Override
        public void pipeConnectionLost(int fd, Throwable error) {
          if (fd == 0) {
            System.out.println("lost " + error);
          }
        }

        @Override
        public void connectionLost(Throwable error) {
          over.setResult(null);
        }
      };
      var started = loop.subprocessExec(() -> protocol, List.of("sh", "-c", "wc -c > /dev/null"));
      writeHuge((WriteTransport) started.transport().getPipeTransport(0).orElseThrow());
      over.await();
      System.out.println("exit " + started.transport().getReturncode().orElseThrow());
    }

    private static void writeHuge(WriteTransport transport) {
      transport.setWriteBufferLimits(COPIES);
      transport.write(huge());
      System.out.println(transport.getWriteBufferSize() + " bytes left");
    }

    private void datagram() throws IOException {
      var protocol = new DatagramRecorder(loop);
      loop.createDatagramEndpoint(
          () -> protocol,
          DatagramOptions.defaults().withLocalAddr(new InetSocketAddress(TcpTest.LOCAL, 0)));
      protocol.transport.sendto(ByteBuffer.wrap(huge()), protocol.address());
      protocol.transport.sendto(ByteBuffer.wrap("small".getBytes(US_ASCII)), protocol.address());
      protocol.awaitEvents(3);
      System.out.println(protocol.events);
      protocol.transport.close();
      protocol.lost.await();
    }

    private void read() throws IOException {
      var ballast = new ArrayList<byte[]>();
      var failing = new Recorder(loop) {
        @Override
        public void dataReceived(ByteBuffer data) {
          System.out.println("there was memory for " + data);
        }

        @Override
        public void connectionLost(Throwable error) {
          ballast.clear();
          super.connectionLost(error);
        }
      };
      try (ServerSocket listening = new ServerSocket()) {
        listening.setReceiveBufferSize(4096);
        listening.bind(new InetSocketAddress(TcpTest.LOCAL, 0));
        loop.createConnection(() -> failing, TcpTest.LOCAL, listening.getLocalPort());
        failing.transport.pauseReading();
        try (Socket peer = listening.accept()) {
          Thread.ofPlatform().daemon().start(() -> {
            try {
              peer.getOutputStream().write(new byte[5_000_000]);
            } catch (IOException e) {
              // the connection has failed
            }
          });
          Task.sleep(Duration.ofMillis(300)); // until the system's buffers are full
          IoBuffers buffers = ((SelectorEventLoop) loop).buffers;
          buffers.give(buffers.take()); // the first one initialises classes of the JDK
          fill(ballast);
          failing.transport.resumeReading();
          System.out.println("lost " + failing.lost.await());
        }
      }
    }

    private static void fill(List<byte[]> ballast) {
      try {
        while (true) {
          ballast.add(new byte[16 * 1024]);
        }
      } catch (OutOfMemoryError e) {
        ballast.subList(ballast.size() - 4, ballast.size()).clear(); // for all except a large read
      }
    }

    /** Keeps the one buffer for which there is memory. */
    private void direct() throws Exception {
      var holding = new Recorder(loop);
      var failing = new Recorder(loop);
      try (ServerSocket listening = Peer.listen()) {
        loop.createConnection(() -> holding, TcpTest.LOCAL, listening.getLocalPort());
        loop.createConnection(() -> failing, TcpTest.LOCAL, listening.getLocalPort());
        try (Peer one = Peer.accept(loop, listening);
            Peer two = Peer.accept(loop, listening)) {
          try (ChannelLock lock = ChannelLock.writing(channelOf(holding.transport))) {
            loop.createTask(() -> holding.transport.write("one".getBytes(US_ASCII)));
            while (!lock.isWanted()) {
              Task.sleep(Duration.ZERO);
            }
            failing.transport.write("two".getBytes(US_ASCII));
            System.out.println("lost " + failing.lost.await().getClass().getSimpleName());
            System.out.println(new String(two.receiveAll(), US_ASCII) + "end");
          }
          System.out.println(one.receiveText(3));
          holding.transport.abort();
          holding.lost.await();
        }
      }
    }

    private static Channel channelOf(BaseTransport transport) {
      return transport.getExtraInfo(ExtraInfo.SOCKET).channel();
    }
  }

  private static List<String> run(String scenario, String... options) {
    var all = Stream.concat(Stream.of("-Xmx64m"), Stream.of(options));
    ChildJvm.Outcome outcome = ChildJvm.run(all.toList(), Program.class, scenario);
    assertEquals(0, outcome.exitCode(), outcome::output);
    return outcome.output().lines().filter(line -> !line.startsWith("WARN")).toList();
  }

  private static List<String> lines(Object... parts) {
    var lines = new ArrayList<String>();
    for (Object part : parts) {
      if (part instanceof List<?> several) {
        several.forEach(each -> lines.add((String) each));
      } else {
        lines.add((String) part);
      }
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(strings = {"caught", "uncaught", "lines"})
  @DisplayName("a write for which there is no memory fails its connection only")
  void socket(String scenario) {
    assertEquals(
        lines(
            "lost java.lang.OutOfMemoryError: Java heap space",
            "0 bytes left",
            GOES_ON,
            "Fatal write error on socket transport: OutOfMemoryError"),
        run(scenario));
  }

  @Test
  @DisplayName("a write for which there is no memory fails its pipe only")
  void pipe() {
    assertEquals(
        lines(
            "0 bytes left",
            "lost java.lang.OutOfMemoryError: Java heap space",
            "closed",
            GOES_ON,
            "Fatal write error on pipe transport: OutOfMemoryError"),
        run("pipe"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName(
      "a write for which there is no memory fails the child's stdin only, whichever way its pipes work")
  void child(boolean pumped) {
    assertEquals(
        lines(
            "0 bytes left",
            "lost java.lang.OutOfMemoryError: Java heap space",
            "exit 0",
            GOES_ON,
            "Fatal write error on pipe transport: OutOfMemoryError"),
        pumped
            ? run("child", "-Dweft.flagless=false", "--add-opens=java.base/java.lang=ALL-UNNAMED")
            : run("child"));
  }

  @Test
  @DisplayName("a datagram that is too large for memory is an error of that datagram only")
  void datagram() {
    assertEquals(lines("[made, error, small]", GOES_ON), run("datagram"));
  }

  @Test
  @DisplayName("a read for which there is no memory fails its connection only, and is reported")
  void read() {
    assertEquals(
        lines(
            "lost java.lang.OutOfMemoryError: Java heap space",
            GOES_ON,
            "Fatal read error on socket transport: OutOfMemoryError"),
        run("read"));
  }

  @Test
  @DisplayName(
      "a buffer for which there is no direct memory fails only the connection that needs it")
  void direct() {
    assertEquals(
        lines(
            "lost OutOfMemoryError",
            "end",
            "one",
            GOES_ON,
            "Fatal write error on socket transport: OutOfMemoryError"),
        run("direct", "-XX:MaxDirectMemorySize=400k"));
  }
}
