package dev.weft.it.endure;

import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What happens on one connection, at both ends. Each end knows the other's part, and therefore what must hold. */
final class Script {

  /** How the peer behaves, in blocking code that does not know the loop. */
  enum Peer {
    /** sends while it reads, ends its half, reads to the end */
    POLITE,
    /** sends all, then reads all */
    PIPELINED,
    /** sends one byte at a time */
    TRICKLE,
    /** breaks the connection off */
    RESET,
    /** ends its half inside a frame */
    HALF_FRAME,
    /** stops inside a frame, and waits */
    STALL,
    /** sends without end, and never reads */
    NEVER_READ,
    /** sends frames, then random bytes */
    GARBAGE,
    /** leaves without reading the answers */
    VANISH;

    boolean isPatient() {
      return this == STALL || this == NEVER_READ;
    }

    boolean isHonest() {
      return this == POLITE || this == PIPELINED || this == TRICKLE;
    }
  }

  /** The faults on the server's side. */
  enum Fault {
    NONE,
    /** reading pauses for a moment */
    PAUSE,
    /** the protocol is replaced by another */
    SWITCH,
    /** the code that handles a frame throws */
    THROW,
    /** the method that gets the peer's end, or the request to pause writing, throws */
    THROW_AT_END,
    /** the method that gets the loss throws */
    THROW_AT_LOSS,
    ABORT,
    CLOSE,
    /** the task is cancelled at any time; without a task the transport is closed */
    CANCEL,
    /** the rest has a time limit */
    TIMEOUT;

    /** Whether everything arrives nevertheless. */
    boolean isHarmless() {
      return this == NONE || this == PAUSE || this == SWITCH || this == THROW_AT_LOSS;
    }
  }

  private static final ConcurrentHashMap<Integer, Script> OPEN = new ConcurrentHashMap<>();
  private static final AtomicInteger IDS = new AtomicInteger();

  final int id = IDS.incrementAndGet();
  final Peer peer;
  final Fault fault;
  final int frames;
  final int largest;
  final int faultAt;
  final int millis;

  /** What the server has taken. The loop writes it; the peer reads it when the connection is over. */
  volatile int taken;

  private Script(SplittableRandom random, Peer peer, Fault fault) {
    this.peer = peer;
    this.fault = fault;
    frames = 1 + random.nextInt(peer == Peer.TRICKLE ? 3 : 60);
    largest = switch (peer) {
      case TRICKLE -> 20;
      case PIPELINED -> 1_000;
      case NEVER_READ -> Frames.LARGEST;
      default -> random.nextInt(40) == 0 ? Frames.LARGEST : 300;
    };
    faultAt = peer.isPatient() ? 0 : random.nextInt(frames);
    millis = random.nextInt(peer.isPatient() ? 20 : 4);
    OPEN.put(id, this);
  }

  static Script random(SplittableRandom random) {
    Peer[] peers = Peer.values();
    Peer peer = random.nextInt(3) == 0 ? peers[random.nextInt(peers.length)] : Peer.POLITE;
    Fault[] faults = Fault.values();
    Fault fault = peer.isPatient()
        ? Fault.TIMEOUT // or the two would wait for ever
        : random.nextInt(3) == 0 ? faults[random.nextInt(faults.length)] : Fault.NONE;
    return new Script(random, peer, fault);
  }

  /** A peer without faults, of a server without faults. */
  static Script polite(SplittableRandom random) {
    return new Script(random, Peer.POLITE, Fault.NONE);
  }

  /** The script of that number; null if there is none. */
  static Script of(int id) {
    return OPEN.get(id);
  }

  /** Both ends have finished with it. */
  void end() {
    OPEN.remove(id);
  }

  static int open() {
    return OPEN.size();
  }

  /** Whether each frame must arrive, and its answer. */
  boolean isComplete() {
    return peer.isHonest() && fault.isHarmless();
  }

  @Override
  public String toString() {
    return "connection " + id + " (" + peer + ", " + fault + " at " + faultAt + " of " + frames
        + ")";
  }
}
