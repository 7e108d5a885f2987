/**
 * Transports, and the seam between them and the operating system. The package is not exported.
 *
 * <p>A transport is a {@link dev.weft.io.Connection}, which has a life, and an {@link dev.weft.io.Input}, an {@link
 * dev.weft.io.Output} or both. These are the only state machine of streams: sockets and both ends of pipes use it.
 * Datagrams share the life and the flow control. A transport knows no channel, no selector and no TLS.
 *
 * <h2>The seam</h2>
 *
 * <p>A back end supplies an {@link dev.weft.io.End} for each connection: a {@link dev.weft.io.StreamSocket}, a {@link
 * dev.weft.io.Source}, a {@link dev.weft.io.PipeSink} or a {@link dev.weft.io.DatagramSocket}. The end calls its {@link
 * dev.weft.io.Owner} when a read or a write can make progress. The contract has the same words for a back end that
 * learns what is <em>ready</em>, as a selector does, and for one that learns what is <em>complete</em>:
 *
 * <ul>
 *   <li><b>Calls.</b> The transport calls the end on the loop, and the end calls the owner on the loop, as a callback in
 *       the owner's context. An event that arrives elsewhere is queued first. An owner may be called in vain: the read
 *       then returns nothing, and the write writes nothing.
 *   <li><b>Reading.</b> {@code watchInput(true)} asks for {@code readable}, and {@code read} takes what is there. Bytes
 *       of {@code read()} belong to the caller. A buffer that the caller brings is lent during the call only. So a
 *       back end whose reads complete later reads into memory of its own and copies.
 *   <li><b>A pause.</b> After {@code watchInput(false)} the owner is not called. A read that completes late keeps its
 *       bytes for the next start. Nothing is lost, and at most one read is ahead of the transport.
 *   <li><b>Writing.</b> {@code write} takes what fits now, and the transport queues the rest. The next write begins with
 *       that rest, so a back end whose writes complete later may be at work on its first bytes. It removes bytes from
 *       the {@link dev.weft.io.WriteQueue} only when they are written. The queue's memory is the back end's until then,
 *       and after {@code clear} until the write in progress has ended.
 *   <li><b>The end of data.</b> It comes once, after all bytes. A failure comes from the next call, also if the write
 *       that failed is a past one.
 *   <li><b>Closing.</b> The transport calls {@code close} after {@code connectionLost}, once. The end then calls the
 *       owner no more. It frees memory and descriptors when its last operation has ended, which may be later.
 * </ul>
 *
 * <h2>The trap of each kind</h2>
 *
 * <ul>
 *   <li><b>Readiness</b> ({@code ChannelSocket}): a channel stays ready until it is read. If a callback is parked, each
 *       poll would find the channel again, so the loop stops watching it meanwhile. A call of a channel may park, and
 *       other code of the connection runs before it returns.
 *   <li><b>Threads</b> ({@code PumpSource}, {@code PumpSink}): a thread moves one chunk, which no call can take back.
 *       {@code close} must not wait for it, and the thread then closes the stream.
 *   <li><b>Completion</b>: an operation that is cancelled completes all the same, and may have moved bytes. Memory that
 *       is freed before that belongs to another connection when the system writes it.
 *   <li><b>Memory</b>: a write can make the peer readable at once. It must not call the peer, because the peer's
 *       callbacks belong to a later turn.
 * </ul>
 */
package dev.weft.io;
