/**
 * Small programs that show how Weft is used. Each has a {@code main}; the servers print the port that they
 * listen on, and the integration tests run them against programs that Weft did not write.
 */
package dev.weft.examples;
