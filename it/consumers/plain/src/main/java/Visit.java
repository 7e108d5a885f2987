import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Starts README's server and says hello to it. */
public class Visit {

  public static void main(String[] args) throws IOException, InterruptedException {
    Thread server = new Thread(Visit::serve, "server");
    server.setDaemon(true);
    // exec:java interrupts the server at the end, and takes its classes away
    server.setUncaughtExceptionHandler((thread, error) -> {});
    server.start();
    System.out.println(ask("hello"));
  }

  private static void serve() {
    try {
      Shout.main(new String[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String ask(String line) throws IOException, InterruptedException {
    while (true) {
      try (Socket socket = new Socket("127.0.0.1", 8888)) {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
      } catch (ConnectException e) {
        Thread.sleep(10); // it does not listen yet
      }
    }
  }
}
