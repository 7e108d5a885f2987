package dev.weft.loop;

/**
 * Stands among a future's waiters for a future that waits for it in another way than by awaiting it, for example for a
 * task that gathers it. It is never woken; it goes when the waiters go.
 */
record AwaitEdge(Future<?> waiter) {}
