/**
 * Runs code that uses a thread for each connection or request on a loop, without changes to that code.
 *
 * <pre>{@code
 * HttpServer server = HttpServer.create(address, 0);
 * server.setExecutor(LoopThreads.executor(loop));            // each request is a task of the loop
 * SocketFactory sockets = LoopSockets.socketFactory(loop);   // sockets that wait on the loop's selector
 * }</pre>
 *
 * <table class="striped">
 * <caption>Main types</caption>
 * <thead><tr><th scope="col">Type</th><th scope="col">Purpose</th></tr></thead>
 * <tbody>
 * <tr><th scope="row">{@link dev.weft.thread.LoopThreads}</th><td>thread factories and executors whose threads are
 * tasks of a loop</td></tr>
 * <tr><th scope="row">{@link dev.weft.thread.LoopSockets}</th><td>socket factories whose sockets park the task that
 * waits</td></tr>
 * <tr><th scope="row">{@link dev.weft.thread.LoopSocketFactory}</th><td>the same for code that takes the name of a
 * factory class</td></tr>
 * <tr><th scope="row">{@link dev.weft.thread.LoopGroup}</th><td>several loops, each with a thread; a server spreads its
 * connections over them</td></tr>
 * </tbody>
 * </table>
 *
 * <p>No parameter and no result is null unless its type is {@code @Nullable}.
 */
@NullMarked
package dev.weft.thread;

import org.jspecify.annotations.NullMarked;
