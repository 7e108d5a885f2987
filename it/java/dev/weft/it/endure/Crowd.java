package dev.weft.it.endure;

import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Port.Wire;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.SplittableRandom;

/** Connections that are open at the same time, each used twice, and left in all ways. */
final class Crowd {

  private record Member(Script script, Wire wire) {

    byte[] frame(int number) {
      return Frames.frame(script.id, number, 100);
    }
  }

  private final Ledger ledger;
  private final SplittableRandom random;
  private final ArrayList<Member> members = new ArrayList<>();

  Crowd(Ledger ledger, SplittableRandom random) {
    this.ledger = ledger;
    this.random = random;
  }

  /** Connects, talks, and leaves. Blocks. */
  void come(Port port, int size) {
    try {
      for (int i = 0; i < size; i++) {
        join(port);
      }
      for (int number = 0; number < 2; number++) {
        for (Member each : members) {
          each.wire.out().write(each.frame(number));
        }
        for (Member each : members) {
          byte[] answer = new byte[each.frame(number).length];
          new DataInputStream(each.wire.in()).readFully(answer);
          ledger.hold(Frames.is(answer, each.script.id, number), "not the answer in a crowd");
        }
      }
    } catch (IOException error) {
      ledger.violate("one of a crowd at " + port, error);
    } finally {
      leave();
    }
  }

  private void join(Port port) throws IOException {
    ledger.operation(Count.CONVERSATIONS);
    Script script = Script.polite(random);
    try {
      members.add(new Member(script, port.connect()));
    } catch (IOException error) {
      script.end();
      if (!Ledger.isScarcity(error)) {
        throw error;
      }
    }
  }

  private void leave() {
    for (Member each : members) {
      each.script.end();
      try (Wire wire = each.wire) {
        switch (random.nextInt(3)) {
          case 0 -> wire.reset();
          case 1 -> wire.endOutput();
          default -> {}
        }
      } catch (IOException error) {
        ledger.violate("leaving a crowd", error);
      }
    }
    members.clear();
  }
}
