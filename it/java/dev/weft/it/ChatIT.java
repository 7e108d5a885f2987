package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.examples.ChatServer;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** nc, socat and a CPython client meet in the chat example. */
@Timeout(60)
class ChatIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  @RequiresPeer("nc")
  @RequiresPeer("socat")
  @RequiresPeer("python")
  @DisplayName(
      "all members read what one member says, in the same order, and see who joins and leaves")
  void conversation() throws Exception {
    try (Peer server = Weft.example(ChatServer.class, "32m")) {
      int port = Weft.port(server);
      try (Peer ann = Peers.start("nc", "-N", "127.0.0.1", port);
          Peer ben = Peers.start("socat", "-t", 20, "-", "TCP:127.0.0.1:" + port);
          Peer cid = Peers.startPython("chat_client.py", port)) {
        say(ann, "ann");
        hears(ann, "* welcome, ann; there are 1 of you");
        say(ben, "ben");
        hears(ann, "* ben has come");
        say(cid, "cid");
        hears(ann, "* cid has come");
        hears(ben, "* cid has come");

        say(ann, "hello");
        hears(ben, "ann: hello");
        hears(cid, "ann: hello");
        say(ben, "grüße, всем");
        hears(ann, "ben: grüße, всем");
        hears(cid, "ben: grüße, всем");
        say(cid, "");
        hears(ann, "cid: ");
        hears(ben, "cid: ");

        try (Peer other = Peers.start("nc", "-N", "127.0.0.1", port)) {
          say(other, "ann");
          hears(other, "* ann is taken");
          other.stdin().close();
          assertEquals(0, other.waitFor(SOON));
          assertEquals("* ann is taken\n", other.output());
        }

        cid.stdin().close();
        assertEquals(0, cid.waitFor(SOON), cid::output);
        hears(ann, "* cid has left");
        hears(ben, "* cid has left");
        ben.process().destroyForcibly();
        hears(ann, "* ben has left");
        ann.stdin().close();
        assertEquals(0, ann.waitFor(SOON));

        assertEquals("""
            * welcome, ann; there are 1 of you
            * ben has come
            * cid has come
            ben: grüße, всем
            cid:\s
            * cid has left
            * ben has left
            """, ann.output());
        assertEquals("""
            * welcome, ben; there are 2 of you
            * cid has come
            ann: hello
            cid:\s
            * cid has left
            """, ben.output());
        assertEquals("""
            * welcome, cid; there are 3 of you
            ann: hello
            ben: grüße, всем
            """, cid.output());
      }
    }
  }

  @Test
  @RequiresPeer("nc")
  @DisplayName(
      "each of thirty members reads the lines of all others, each speaker's in the order spoken")
  void crowd() throws Exception {
    int size = 30;
    List<Peer> members = new ArrayList<>();
    try (Peer server = Weft.example(ChatServer.class, "64m")) {
      int port = Weft.port(server);
      for (int i = 0; i < size; i++) {
        Peer member = Peers.start("nc", "-N", "127.0.0.1", port);
        members.add(member);
        say(member, "m" + i);
        hears(member, "there are " + (i + 1) + " of you");
      }
      for (int line = 0; line < 5; line++) {
        for (Peer member : members) {
          say(member, "line " + line);
        }
      }
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          if (i != j) {
            hears(members.get(i), "m" + j + ": line 4");
            String from = "m" + j + ": ";
            assertEquals(
                List.of("line 0", "line 1", "line 2", "line 3", "line 4"),
                members
                    .get(i)
                    .output()
                    .lines()
                    .filter(line -> line.startsWith(from))
                    .map(line -> line.substring(from.length()))
                    .toList());
          }
        }
      }
    } finally {
      members.forEach(Peer::close);
    }
  }

  private static void say(Peer peer, String line) throws IOException {
    peer.stdin().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    peer.stdin().flush();
  }

  private static void hears(Peer peer, String text) {
    peer.awaitOutput(text, SOON);
  }
}
