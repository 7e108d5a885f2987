/**
 * Helpers that Weft's own tests share: among others {@link dev.weft.testkit.Order} for tests about order, {@link
 * dev.weft.testkit.LogCapture} for tests about log messages, and {@link dev.weft.testkit.ThreadDumpOnTimeout}, which
 * dumps all threads when a test exceeds its timeout.
 */
package dev.weft.testkit;
