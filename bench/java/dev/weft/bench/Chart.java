package dev.weft.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Draws the efficiency of the echo servers: a row for each server, a column for each load, and a bar in each cell. The
 * chart is narrow, because its text must be readable on a phone. It has colors for light and dark pages.
 */
final class Chart {

  /**
   * A column.
   *
   * @param name the prefix of the point's figures
   * @param message the size of a message
   * @param connections the number of connections
   * @param inFlight the number of messages in flight on each connection
   */
  private record Load(String name, String message, String connections, String inFlight) {}

  /**
   * A row.
   *
   * @param name the server's name in the figures
   * @param title the server's name in the chart
   */
  private record Server(String name, String title) {

    boolean isOurs() {
      return title.startsWith("Weft");
    }
  }

  private static final List<Load> LOADS = List.of(
      new Load("1k64", "1 KiB", "64", "1"),
      new Load("10k64", "10 KiB", "64", "1"),
      new Load("100k16", "100 KiB", "16", "1"),
      new Load("64b1000", "64 B", "1,000", "1"),
      new Load("1k64d16", "1 KiB", "64", "16"),
      new Load("churn", "64 B", "new", "1"));
  private static final List<Server> CALLBACKS = List.of(
      new Server("buffered", "Weft buffered"),
      new Server("protocol", "Weft protocol"),
      new Server("netty-epoll", "Netty epoll"),
      new Server("netty", "Netty NIO"),
      new Server("uvloop", "uvloop"),
      new Server("asyncio", "asyncio"));
  private static final List<Server> SEQUENTIAL = List.of(
      new Server("streams", "Weft streams"),
      new Server("loopthreads", "Weft threads"),
      new Server("threads", "JDK threads"),
      new Server("uvloop-streams", "uvloop streams"),
      new Server("asyncio-streams", "asyncio streams"));

  private static final int WIDTH = 480;
  private static final int HEIGHT = 510;
  private static final int MARGIN = 12;
  private static final int CELLS = 118; // left edge of the cells
  private static final int COLUMN = 59;
  private static final int BAR = 53; // length for bare NIO
  private static final int ROW = 25;
  private static final String STYLE = """
      <style>
        .card { fill: #ffffff; stroke: #d0d7de }
        .title { font: 600 17px sans-serif; fill: #1b1f24 }
        .head { font: 600 15px sans-serif; fill: #1b1f24 }
        .text { font: 14px sans-serif; fill: #3d444d }
        .text.ours { font-weight: 600; fill: #1b1f24 }
        .track { fill: #f3f5f7 }
        .bar { fill: #d3d9e0 }
        .bar.ours { fill: #a9cdf5 }
        @media (prefers-color-scheme: dark) {
          .card { fill: #161b22; stroke: #30363d }
          .title, .head, .text.ours { fill: #f0f3f6 }
          .text { fill: #c2cad3 }
          .track { fill: #21262d }
          .bar { fill: #444c56 }
          .bar.ours { fill: #1f5fa8 }
        }
      </style>\
      """;

  private final StringBuilder svg = new StringBuilder();
  private final Results results;

  private Chart(Results results) {
    this.results = results;
  }

  static void write(Results results, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, new Chart(results).draw());
  }

  private String draw() {
    line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " role=\"img\" aria-labelledby=\"t d\">",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    line("<title id=\"t\">CPU time of TCP echo servers</title>");
    line("<desc id=\"d\">%s</desc>", description());
    line("%s", STYLE);
    line(
        "<rect class=\"card\" x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"8\"/>",
        WIDTH - 1, HEIGHT - 1);
    text("title", MARGIN, 28, "CPU time of TCP echo servers");
    text("text", MARGIN, 49, "A server at 0.50 takes twice the CPU time of bare JDK NIO for");
    text("text", MARGIN, 67, "a message. A full bar is 1.00, bare NIO. Longer is better.");
    heads(93);
    rows("Callbacks", CALLBACKS, 152);
    rows("Code in sequence", SEQUENTIAL, 336);
    text("text", MARGIN, HEIGHT - 12, "new: a connection of its own for each message");
    line("</svg>");
    return svg.toString();
  }

  private String description() {
    String rows = Stream.of(CALLBACKS, SEQUENTIAL)
        .flatMap(List::stream)
        .map(server -> LOADS.stream()
            .map(load -> label(efficiency(load, server)))
            .collect(Collectors.joining(" ", server.title + " ", ".")))
        .collect(Collectors.joining(" "));
    return "The CPU time of bare JDK NIO divided by that of each server, for six loads. " + rows;
  }

  private void heads(int y) {
    text("text", MARGIN, y, "Message");
    text("text", MARGIN, y + 18, "Connections");
    text("text", MARGIN, y + 36, "In flight");
    int x = CELLS;
    for (Load load : LOADS) {
      text("text", x, y, load.message);
      text("text", x, y + 18, load.connections);
      text("text", x, y + 36, load.inFlight);
      x += COLUMN;
    }
  }

  private void rows(String title, List<Server> servers, int top) {
    text("head", MARGIN, top + 6, title);
    int y = top + 14;
    for (Server server : servers) {
      text(server.isOurs() ? "text ours" : "text", MARGIN, y + 16, server.title);
      int x = CELLS;
      for (Load load : LOADS) {
        cell(efficiency(load, server), server.isOurs() ? "ours" : "theirs", x, y);
        x += COLUMN;
      }
      y += ROW;
    }
  }

  private void cell(OptionalDouble efficiency, String whose, int x, int y) {
    double length = Math.min(1, efficiency.orElse(0)) * BAR;
    line(
        "<rect class=\"track\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x, y, BAR, ROW - 4);
    line(
        "<rect class=\"bar %s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
        whose, x, y, length, ROW - 4);
    text("text " + whose, x + 4, y + 16, label(efficiency));
  }

  private OptionalDouble efficiency(Load load, Server server) {
    return results.number(load.name + "." + server.name + ".efficiency");
  }

  private static String label(OptionalDouble efficiency) {
    return efficiency.isPresent()
        ? String.format(Locale.ROOT, "%.2f", efficiency.getAsDouble())
        : "-";
  }

  private void text(String style, int x, int y, String text) {
    line("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", style, x, y, text);
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
