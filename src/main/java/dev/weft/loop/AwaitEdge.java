package dev.weft.loop;

/**
 * Stands among a future's waiters for a future that waits for it in a roundabout way: a task for what it
 * has gathered, for instance. Nobody wakes it; it goes when the waiters go.
 */
record AwaitEdge(Future<?> waiter) {}
