package dev.weft.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Future;
import dev.weft.selector.ChildKind;
import dev.weft.testkit.Order;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.SubprocessOptions;
import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;
import dev.weft.transport.WriteTransport;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of the events that a child's protocol gets, step by step. */
@ParameterizedClass
@EnumSource(ChildKind.class)
final class ChildOrderTest extends ChildTest {

  private final Order order = new Order();

  ChildOrderTest(ChildKind kind) {
    super(kind);
  }

  /** A protocol that fails at each event that a test does not expect. */
  private abstract class Unexpecting implements SubprocessProtocol {
    final Future<Void> over = loop.createFuture();
    SubprocessTransport transport;

    @Override
    public void connectionMade(BaseTransport base) {
      transport = (SubprocessTransport) base;
    }

    final void writeLine() {
      var stdin = (WriteTransport) transport.getPipeTransport(0).orElseThrow();
      stdin.write("\n".getBytes(UTF_8));
    }

    @Override
    public void pipeDataReceived(int fd, ByteBuffer data) {
      order.expectUnreached();
    }

    @Override
    public void pipeConnectionLost(int fd, Throwable error) {
      order.expectUnreached();
    }
  }

  private void start(Unexpecting protocol, String command) throws IOException {
    var options = SubprocessOptions.pipes().withStderr(Redirect.DISCARD);
    loop.subprocessShell(() -> protocol, command, options);
  }

  @Test
  @DisplayName(
      "PROC-1: connectionMade is called when all pipes are connected, and the creator continues directly after it")
  void made() {
    var protocol = new Unexpecting() {
      @Override
      public void connectionMade(BaseTransport base) {
        super.connectionMade(base);
        order.expect(2);
        for (int fd = 0; fd <= 2; fd++) {
          assertTrue(transport.getPipeTransport(fd).isPresent());
        }
        loop.callSoon(() -> order.expect(4));
      }

      @Override
      public void pipeConnectionLost(int fd, Throwable error) {
        // this test is not about the pipes' ends
      }

      @Override
      public void connectionLost(Throwable error) {
        over.setResult(null);
      }
    };
    run(() -> {
      loop.subprocessShell(
          () -> {
            order.expect(1);
            return protocol;
          },
          "exec cat");
      order.expect(3);
      protocol.transport.close();
      protocol.over.await();
      order.finish(5);
    });
    order.checkFinished();
  }

  @Test
  @DisplayName(
      "PROC-2, PROC-3: the protocol gets data, the end of its pipe, the exit, the end of stdin, and connectionLost last")
  void pipeBeforeExit() {
    var protocol = new Unexpecting() {
      @Override
      public void pipeDataReceived(int fd, ByteBuffer data) {
        order.expect(1);
        assertEquals("out\n", UTF_8.decode(data).toString());
        if (!kind.isSelected()) {
          writeLine(); // this kind of pipe ends only when the child ends
        }
      }

      @Override
      public void pipeConnectionLost(int fd, Throwable error) {
        assertNull(error);
        if (!kind.isSelected()) {
          return; // the JDK closes all pipes at once
        }
        order.expect(fd == 1 ? 2 : 4);
        if (fd == 1) {
          writeLine(); // the child ends when it has read the line
        }
      }

      @Override
      public void processExited() {
        if (kind.isSelected()) {
          order.expect(3);
        }
        loop.callSoon(() -> assertTrue(transport.getReturncode().isPresent()));
      }

      @Override
      public void connectionLost(Throwable error) {
        order.expect(kind.isSelected() ? 5 : 2);
        over.setResult(null);
      }
    };
    run(() -> {
      start(protocol, "echo out; exec >&-; read line");
      protocol.over.await();
      order.finish(kind.isSelected() ? 6 : 3);
    });
    order.checkFinished();
  }

  @Test
  @DisplayName(
      "PROC-2, PROC-3: if a grandchild keeps the pipes, the protocol gets the exit, then data, the ends of the pipes, and connectionLost last")
  void exitBeforePipe() {
    if (!kind.isSelected()) {
      return; // the JDK closes its pipes at the child's exit
    }
    var protocol = new Unexpecting() {
      @Override
      public void processExited() {
        order.expect(1);
        loop.callSoon(() -> loop.callSoon(() -> {
          order.expect(2); // two turns later: connectionLost must wait for the pipes
          writeLine();
        }));
      }

      @Override
      public void pipeDataReceived(int fd, ByteBuffer data) {
        order.expect(3);
        assertEquals("late\n", UTF_8.decode(data).toString());
      }

      @Override
      public void pipeConnectionLost(int fd, Throwable error) {
        assertNull(error);
        order.expect(fd == 1 ? 4 : 5);
      }

      @Override
      public void connectionLost(Throwable error) {
        order.expect(6);
        over.setResult(null);
      }
    };
    run(() -> {
      start(protocol, "exec 3<&0; (read line <&3; echo late) & exit 0");
      protocol.over.await();
      order.finish(7);
    });
    order.checkFinished();
  }
}
