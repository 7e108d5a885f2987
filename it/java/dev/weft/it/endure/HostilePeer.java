package dev.weft.it.endure;

import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Port.Wire;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The peer's part of a script, in blocking code on its own thread. */
final class HostilePeer {

  private static final int WINDOW =
      32 * 1024; // the number of bytes that may be under way before an answer is awaited

  private final Ledger ledger;
  private final Script script;
  private final SplittableRandom random;
  private final Wire wire;
  private final DataInputStream in;
  private int sent;
  private int answered;
  private int underWay; // bytes

  private HostilePeer(Ledger ledger, Script script, SplittableRandom random, Wire wire)
      throws IOException {
    this.ledger = ledger;
    this.script = script;
    this.random = random;
    this.wire = wire;
    this.in = new DataInputStream(wire.in());
  }

  /** Connects, does what a random script says, and leaves. Blocks. */
  static void converse(Ledger ledger, Port port, SplittableRandom random) {
    ledger.operation(Count.CONVERSATIONS);
    int opening = random.nextInt(40);
    if (opening < 3) {
      stranger(ledger, port, random, opening);
      return;
    }
    Script script = Script.random(random);
    boolean complete = script.isComplete() && port.reliable();
    boolean connected = false;
    try (Wire wire = port.connect()) {
      connected = true;
      var peer = new HostilePeer(ledger, script, random, wire);
      peer.play();
      if (complete) {
        ledger.hold(
            peer.answered == script.frames && script.taken == script.frames,
            "answered " + peer.answered + ", taken " + script.taken + " of " + script + " by "
                + port);
      }
    } catch (IOException error) {
      if (!Ledger.isScarcity(error) && (complete || !connected)) {
        ledger.violate(script + " with " + port, error);
      }
    } finally {
      script.end();
    }
  }

  /** A peer that sends nothing, or garbage. */
  private static void stranger(Ledger ledger, Port port, SplittableRandom random, int kind) {
    try (Wire wire = port.connectPlain()) {
      if (kind > 0) {
        byte[] garbage = new byte[1 + random.nextInt(2_000)];
        random.nextBytes(garbage);
        garbage[0] = (byte) (kind == 1 ? 22 : 1); // perhaps a handshake of TLS, never a frame
        wire.out().write(garbage);
        wire.endOutput();
        wire.in().readAllBytes();
      }
    } catch (IOException broken) {
      ledger.hold(!(broken instanceof SocketTimeoutException), "no end: " + port);
    }
  }

  private void play() throws IOException {
    switch (script.peer) {
      case POLITE -> polite();
      case PIPELINED -> {
        sendAll();
        awaitAll();
        leave();
      }
      case TRICKLE -> {
        for (int i = 0; i < script.frames; i++) {
          for (byte each : next()) {
            wire.out().write(each);
          }
        }
        awaitAll();
        leave();
      }
      case RESET -> {
        sendSome();
        wire.reset();
      }
      case HALF_FRAME -> {
        sendSome();
        byte[] frame = next();
        wire.out().write(frame, 0, 1 + random.nextInt(frame.length - 1));
        if (wire.endOutput()) {
          awaitEnd();
        }
      }
      case STALL -> {
        send(next());
        byte[] frame = next();
        wire.out().write(frame, 0, 1 + random.nextInt(frame.length - 1));
        awaitEnd();
      }
      case NEVER_READ -> {
        while (true) { // until the connection breaks
          send(next());
        }
      }
      case GARBAGE -> {
        sendSome();
        // a server waits for the rest of what could be a header, and TLS cannot say that there is
        // none
        byte[] garbage = new byte[Frames.HEADER + random.nextInt(3_000)];
        random.nextBytes(garbage);
        garbage[0] = 0;
        wire.out().write(garbage);
        wire.endOutput();
        awaitEnd();
      }
      case VANISH -> sendSome();
    }
  }

  private void polite() throws IOException {
    while (sent < script.frames) {
      byte[] frame = next();
      while (underWay > 0 && underWay + frame.length > WINDOW) {
        awaitAnswer();
      }
      send(frame);
    }
    if (wire.endOutput()) {
      awaitAll();
      ledger.hold(in.read() < 0, "more than was sent: " + script);
    } else {
      awaitAll();
    }
  }

  private void leave() throws IOException {
    if (random.nextBoolean() && wire.endOutput()) {
      ledger.hold(in.read() < 0, "more than was sent: " + script);
    }
  }

  private byte[] next() {
    return Frames.frame(script.id, sent++, script.largest);
  }

  private void send(byte[] frame) throws IOException {
    wire.out().write(frame);
    underWay += frame.length;
  }

  private void sendAll() throws IOException {
    while (sent < script.frames) {
      send(next());
    }
  }

  /** At most what is buffered anyway. */
  private void sendSome() throws IOException {
    for (int count = 1 + random.nextInt(script.frames); count > 0 && underWay < WINDOW; count--) {
      send(next());
    }
  }

  private void awaitAll() throws IOException {
    while (answered < script.frames) {
      awaitAnswer();
    }
  }

  private void awaitAnswer() throws IOException {
    byte[] frame = new byte[Frames.HEADER];
    in.readFully(frame);
    try {
      frame = Arrays.copyOf(frame, Frames.HEADER + Frames.length(ByteBuffer.wrap(frame)));
    } catch (Frames.Garbage garbage) {
      ledger.violate("garbage instead of answer " + answered + " of " + script, garbage);
      throw new EOFException();
    }
    in.readFully(frame, Frames.HEADER, frame.length - Frames.HEADER);
    ledger.hold(Frames.is(frame, script.id, answered), "not answer " + answered + " of " + script);
    underWay -= frame.length;
    answered++;
  }

  /** Checks the data that arrives until the end, of whatever kind. */
  private void awaitEnd() throws IOException {
    try {
      while (true) {
        awaitAnswer();
      }
    } catch (SocketTimeoutException hangs) {
      ledger.violate("no end: " + script, hangs);
    } catch (EOFException end) {
      // as it should
    }
  }
}
