package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.AbstractEventLoopPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every entry of asyncio's "Low-level API Index" exists, under the Java form of its name, in a type that the module
 * exports.
 */
class SeedIndexTest {

  /** Converts a name of asyncio to its Java form. */
  private static String javaName(String pythonName) {
    var words = pythonName.split("_");
    var name = new StringBuilder(words[0]);
    for (String word : Arrays.asList(words).subList(1, words.length)) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return name.toString();
  }

  /** The packages that are exported to all modules. */
  private static List<String> exportedPackages() throws IOException {
    // each module on the class path has a resource of this name; Weft's is in the folder of its
    // classes
    var classes = Asyncio.class.getProtectionDomain().getCodeSource().getLocation();
    try (InputStream descriptor =
        URI.create(classes + "module-info.class").toURL().openStream()) {
      return ModuleDescriptor.read(descriptor).exports().stream()
          .filter(exports -> !exports.isQualified())
          .map(Exports::source)
          .toList();
    }
  }

  private static Stream<Class<?>> inPackage(String name, String type) {
    try {
      return Stream.of(Class.forName(name + "." + type));
    } catch (ClassNotFoundException e) {
      return Stream.of();
    }
  }

  private static Class<?> exportedType(String name) throws IOException {
    List<Class<?>> found = new ArrayList<>();
    exportedPackages().forEach(exported -> inPackage(exported, name).forEach(found::add));
    assertEquals(1, found.size(), name);
    assertTrue(Modifier.isPublic(found.get(0).getModifiers()), name);
    return found.get(0);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("each entry of a part of the index has a method or type in Weft")
  @CsvSource(delimiter = '|', textBlock = """
          obtaining the loop      | Asyncio | get_running_loop get_event_loop set_event_loop new_event_loop
          lifecycle               | EventLoop | run_until_complete run_forever stop close is_running is_closed \
                                                shutdown_asyncgens
          debugging               | EventLoop | set_debug get_debug
          callbacks               | EventLoop | call_soon call_soon_threadsafe call_later call_at
          executors               | EventLoop | run_in_executor set_default_executor
          tasks and futures       | EventLoop | create_future create_task set_task_factory get_task_factory
          DNS                     | EventLoop | getaddrinfo getnameinfo
          networking and IPC      | EventLoop | create_connection create_server create_unix_connection \
                                                create_unix_server connect_accepted_socket \
                                                create_datagram_endpoint sendfile start_tls \
                                                connect_read_pipe connect_write_pipe
          sockets                 | EventLoop | sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into \
                                                sock_sendall sock_sendto sock_connect sock_accept sock_sendfile \
                                                add_reader remove_reader add_writer remove_writer
          signals                 | EventLoop | add_signal_handler remove_signal_handler
          subprocesses            | EventLoop | subprocess_exec subprocess_shell
          errors                  | EventLoop | call_exception_handler set_exception_handler \
                                                get_exception_handler default_exception_handler
          all transports          | BaseTransport | close is_closing get_extra_info set_protocol get_protocol
          read transports         | ReadTransport | is_reading pause_reading resume_reading
          write transports        | WriteTransport | write writelines can_write_eof write_eof abort \
                                                get_write_buffer_size get_write_buffer_limits \
                                                set_write_buffer_limits
          datagram transports     | DatagramTransport | sendto abort
          subprocess transports   | SubprocessTransport | get_pid get_pipe_transport get_returncode kill \
                                                send_signal terminate close
          all protocols           | BaseProtocol | connection_made connection_lost pause_writing resume_writing
          streaming protocols     | Protocol | data_received eof_received
          buffered protocols      | BufferedProtocol | get_buffer buffer_updated eof_received
          datagram protocols      | DatagramProtocol | datagram_received error_received
          subprocess protocols    | SubprocessProtocol | pipe_data_received pipe_connection_lost process_exited
          policies                | Asyncio | get_event_loop_policy set_event_loop_policy
          """)
  void entries(String part, String type, String entries) throws IOException {
    List<String> methods = Stream.of(exportedType(type).getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class)
        .map(Method::getName)
        .toList();
    List<String> missing = Stream.of(entries.split(" +"))
        .filter(entry -> !methods.contains(javaName(entry)))
        .toList();
    assertEquals(List.of(), missing, "in " + type);
  }

  @Test
  @DisplayName("AbstractEventLoopPolicy has its counterpart in Weft")
  void policyType() throws IOException {
    assertEquals(AbstractEventLoopPolicy.class, exportedType("AbstractEventLoopPolicy"));
  }
}
