package dev.weft.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Draws the efficiency of the echo servers as bars: a panel for each point that has been measured, a bar for each
 * server, a line where bare NIO is.
 */
final class Chart {

  private static final int COLUMNS = 3;
  private static final int PANEL = 290;
  private static final int GAP = 16;
  private static final int LABELS = 118;
  private static final int ROW = 17;
  private static final int BAR = 12;
  private static final int TITLE = 34;
  private static final int TOP = 48;
  private static final double MOST = 1.25; // of bare NIO: the length of the scale

  private static final String OURS = "#2563eb";
  private static final String OTHERS = "#9ca3af";

  private static final Map<String, String> POINTS = new LinkedHashMap<>();
  private static final Map<String, String> SERVERS = new LinkedHashMap<>();

  static {
    POINTS.put("1k64", "1 KiB, 64 connections");
    POINTS.put("10k64", "10 KiB, 64 connections");
    POINTS.put("100k16", "100 KiB, 16 connections");
    POINTS.put("64b1000", "64 B, 1,000 connections");
    POINTS.put("1k64d16", "1 KiB, 64 connections, 16 in flight");
    POINTS.put("churn", "64 B, a connection each");
    SERVERS.put("protocol", "Weft, protocol");
    SERVERS.put("buffered", "Weft, buffered");
    SERVERS.put("streams", "Weft, streams");
    SERVERS.put("loopthreads", "Weft, threads");
    SERVERS.put("netty-epoll", "Netty, epoll");
    SERVERS.put("netty", "Netty, NIO");
    SERVERS.put("uvloop", "uvloop, protocol");
    SERVERS.put("asyncio", "asyncio, protocol");
    SERVERS.put("threads", "JDK virtual threads");
    SERVERS.put("uvloop-streams", "uvloop, streams");
    SERVERS.put("asyncio-streams", "asyncio, streams");
  }

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
    int panelHeight = TITLE + SERVERS.size() * ROW + GAP;
    List<Map.Entry<String, String>> measured = POINTS.entrySet().stream()
        .filter(point -> results.number(point.getKey() + ".nio.efficiency").isPresent())
        .toList();
    int rows = (measured.size() + COLUMNS - 1) / COLUMNS;
    int width = COLUMNS * (PANEL + GAP) + GAP;
    int height = TOP + rows * panelHeight;
    line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"system-ui, sans-serif\" font-size=\"11\" fill=\"#374151\">",
        width, height, width, height);
    line("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
    line(
        "<text x=\"%d\" y=\"20\" font-size=\"15\" font-weight=\"600\">Echo over TCP: CPU of bare JDK NIO"
            + " / CPU of the server, per request (longer is better)</text>",
        GAP);
    line("<text x=\"%d\" y=\"37\">%s</text>", GAP, Machine.line(results));
    int panel = 0;
    for (Map.Entry<String, String> point : measured) {
      panel(point, GAP + panel % COLUMNS * (PANEL + GAP), TOP + panel / COLUMNS * panelHeight);
      panel++;
    }
    line("</svg>");
    return svg.toString();
  }

  private void panel(Map.Entry<String, String> point, int x, int y) {
    line("<text x=\"%d\" y=\"%d\" font-weight=\"600\">%s</text>", x, y + 24, point.getValue());
    int top = y + TITLE;
    for (Map.Entry<String, String> server : SERVERS.entrySet()) {
      bar(point.getKey(), server, x, top);
      top += ROW;
    }
    double one = x + LABELS + length(1);
    line(
        "<path d=\"M%.1f %d V%d\" stroke=\"#111827\" stroke-dasharray=\"3 2\"/>",
        one, y + TITLE - 4, top);
  }

  private void bar(String point, Map.Entry<String, String> server, int x, int y) {
    OptionalDouble efficiency = results.number(point + "." + server.getKey() + ".efficiency");
    double length = length(Math.min(MOST, efficiency.orElse(0)));
    line(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
        x + LABELS - 6, y + 10, server.getValue());
    line(
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        x + LABELS, y, length, BAR, server.getValue().startsWith("Weft") ? OURS : OTHERS);
    line(
        "<text x=\"%.1f\" y=\"%d\">%s</text>",
        x + LABELS + length + 4,
        y + 10,
        efficiency.isPresent()
            ? String.format(Locale.ROOT, "%.2f", efficiency.getAsDouble())
            : "-");
  }

  private static double length(double efficiency) {
    return efficiency / MOST * (PANEL - LABELS - 28);
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
