package dev.weft.it.endure;

import dev.weft.it.endure.Frames.Garbage;
import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Script.Fault;
import dev.weft.it.endure.Script.Peer;
import java.nio.ByteBuffer;

/** What a server has received on one connection. */
final class Conversation {

  private final Ledger ledger;
  private Script script; // null before the first frame
  private int next;

  Conversation(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Takes a frame that arrived. It must be the next one, and nothing else.
   *
   * @return the fault that is due now
   * @throws Garbage if it is not the next frame of a connection
   */
  Fault take(byte[] frame) throws Garbage {
    ledger.onCarrier();
    if (script == null) {
      script = Script.of(Frames.id(ByteBuffer.wrap(frame)));
      if (script == null) {
        throw new Garbage("nobody's");
      }
    }
    if (!Frames.is(frame, script.id, next)) {
      if (script.peer != Peer.GARBAGE) {
        ledger.violate("not frame " + next + " of " + script, null);
      }
      throw new Garbage("changed");
    }
    ledger.operation(Count.FRAMES);
    script.taken = next + 1;
    if (next++ != script.faultAt || script.fault == Fault.NONE) {
      return Fault.NONE;
    }
    ledger.operation(Count.FAULTS);
    return script.fault;
  }

  /** Whether this connection has that fault. */
  boolean has(Fault fault) {
    return script != null && script.fault == fault;
  }

  /** How long the fault takes, or how soon it occurs. */
  int millis() {
    return script.millis;
  }

  /** Notes garbage, which is expected only from peers whose script sends some. */
  void garbage() {
    ledger.hold(
        script == null || script.peer == Peer.GARBAGE, "no frame " + next + " of " + script);
  }

  @Override
  public String toString() {
    return next + " frames of " + script;
  }
}
