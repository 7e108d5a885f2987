package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.examples.EchoClient;
import dev.weft.examples.EchoProtocolClient;
import dev.weft.examples.EchoProtocolServer;
import dev.weft.examples.EchoServer;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Echo between Weft and CPython's asyncio: either side, either style, 1 byte to 64 MiB, to the byte. */
@RequiresPeer("python")
@Timeout(60)
class PythonEchoIT {

  private static final List<Integer> SIZES =
      List.of(1, 2, 1000, 65_535, 65_536, 65_537, 1_000_003, 64 << 20);
  private static final String ALL_BACK =
      SIZES.stream().map(size -> size + " bytes came back\n").collect(Collectors.joining());

  @ParameterizedTest(name = "{0} client, {1} server of Weft's")
  @CsvSource({"streams,streams", "streams,protocol", "protocol,streams", "protocol,protocol"})
  @DisplayName("CPython's client gets its bytes back from Weft's server, which needs little memory")
  void weftServes(String client, String server) throws Exception {
    Class<?> example = server.equals("streams") ? EchoServer.class : EchoProtocolServer.class;
    try (Peer weft = Weft.example(example, "32m");
        Peer python = Peers.startPython("echo_client.py", arguments(client, Weft.port(weft)))) {
      assertEquals(0, python.waitFor(Duration.ofSeconds(50)), python::output);
      assertEquals(ALL_BACK, python.output());
      assertFalse(weft.output().contains("ERROR"), weft::output);
    }
  }

  @ParameterizedTest(name = "{0} client of Weft's, {1} server")
  @CsvSource({"streams,streams", "streams,protocol", "protocol,streams", "protocol,protocol"})
  @DisplayName("Weft's client gets its bytes back from CPython's server")
  void weftConnects(String client, String server) throws Exception {
    Class<?> example = client.equals("streams") ? EchoClient.class : EchoProtocolClient.class;
    try (Peer python = Peers.startPython("echo_server.py", server);
        Peer weft = Weft.example(example, "192m", arguments(null, Weft.port(python)))) {
      assertEquals(0, weft.waitFor(Duration.ofSeconds(50)), weft::output);
      assertTrue(weft.output().endsWith(ALL_BACK), weft::output);
    }
  }

  private static Object[] arguments(String form, int port) {
    var arguments = new ArrayList<Object>();
    if (form != null) {
      arguments.add(form);
    }
    arguments.add(port);
    arguments.addAll(SIZES);
    return arguments.toArray();
  }
}
