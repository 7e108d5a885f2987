/**
 * Code with a thread for each connection or request, unchanged, on a loop: thread factories and executors
 * whose threads are the loop's, and what watches over them.
 */
package dev.weft.thread;
