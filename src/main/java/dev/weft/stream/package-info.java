/**
 * Streams: connections in blocking style, with asyncio's names.
 *
 * <pre>{@code
 * try (Connection connection = openConnection("127.0.0.1", port)) {
 *   connection.writer().write("hello\n");
 *   connection.writer().drain();
 *   byte[] answer = connection.reader().readline();   // parks this task until a line is there
 * }
 * }</pre>
 *
 * <table class="striped">
 * <caption>Main types</caption>
 * <thead><tr><th scope="col">Type</th><th scope="col">Purpose</th></tr></thead>
 * <tbody>
 * <tr><th scope="row">{@link dev.weft.stream.StreamReader}</th><td>reads bytes, lines and exact lengths</td></tr>
 * <tr><th scope="row">{@link dev.weft.stream.StreamWriter}</th><td>writes; {@code drain} waits while the peer reads too
 * slowly</td></tr>
 * <tr><th scope="row">{@link dev.weft.stream.Streams}</th><td>opens connections and starts servers, over TCP, TLS and
 * Unix sockets</td></tr>
 * <tr><th scope="row">{@link dev.weft.stream.ClientHandler}</th><td>a server's code for one connection</td></tr>
 * </tbody>
 * </table>
 *
 * <p>No parameter and no result is null unless its type is {@code @Nullable}.
 */
@NullMarked
package dev.weft.stream;

import org.jspecify.annotations.NullMarked;
