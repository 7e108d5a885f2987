package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.support.FewDescriptors;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Weft;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server in a process without free descriptors. */
@Timeout(90)
class DescriptorsIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int DESCRIPTORS = 100; // the JVM needs less than half of them
  private static final int CLIENTS = 100;

  private final List<Socket> clients = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    closeFirst(clients.size());
  }

  private void connectMore(int port) throws IOException {
    while (clients.size()
        < CLIENTS) { // the system accepts connections that the server does not accept
      var client = new Socket("127.0.0.1", port);
      client.setSoTimeout((int) SOON.toMillis());
      clients.add(client);
    }
  }

  private void closeFirst(int count) throws IOException {
    for (Socket client : clients.subList(0, count)) {
      client.close();
    }
    clients.subList(0, count).clear();
  }

  private static void assertServed(Socket client, int number) throws IOException {
    client.getOutputStream().write(number);
    assertEquals(number, client.getInputStream().read());
  }

  @Test
  @DisplayName(
      "SRV-10: without free descriptors a server reports it once, keeps serving, and accepts again when it can")
  void exhausted() throws Exception {
    try (Peer server = Weft.example(DESCRIPTORS, FewDescriptors.class, "64m")) {
      int port = Weft.port(server);
      for (int round = 1; round <= 2; round++) {
        connectMore(port);
        String report = server.awaitOutput("report " + round + ": ", SOON);
        assertTrue(report.contains("Too many open files"), report);
        server.awaitOutput("2.5 s after report " + round, SOON); // and two attempts
        assertServed(clients.get(0), 1); // accepted before
        closeFirst(CLIENTS * 2 / 3);
        for (int i = 0; i < clients.size(); i++) {
          assertServed(clients.get(i), i);
        }
      }
      assertEquals(2, server.output().split("report \\d: ", -1).length - 1, server::output);
    }
  }
}
