/**
 * What Weft's own tests share: {@link dev.weft.testkit.Order} for tests about order, {@link
 * dev.weft.testkit.LogCapture} for tests about log lines, and the timeout that every test has, with the dump of all
 * threads that comes with it ({@link dev.weft.testkit.ThreadDumpOnTimeout}).
 */
package dev.weft.testkit;
