/**
 * The other side of the integration tests: programs that Weft did not write ("peers"), how a test says that it needs
 * one ({@link dev.weft.it.support.RequiresPeer}), and how it runs one ({@link dev.weft.it.support.Peers}).
 */
package dev.weft.it.support;
