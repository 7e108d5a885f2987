/**
 * Benchmarks: what Weft costs beside the barest code of the same design, and beside other runtimes, always in
 * one run.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec@figures                           the figures that must hold, as a table
 * mvn -q -Pbench test-compile exec:exec@echo -Decho.args="--rounds 5"     echo servers, CPU time per request
 * mvn -q -Pbench test-compile exec:exec@echo -Decho.args="--suite tls"    TLS; bulk and udp likewise
 * mvn -q -Pbench test-compile exec:exec@peers                             tasks beside asyncio, uvloop, Go and others
 * mvn -q -Pbench test-compile exec:exec@sleeping -Dsleeping.args=1000000  what a sleeping task costs
 * mvn -q -Pbench -Djmh.args="TaskBenchmark -f 1"                          JMH
 * </pre>
 */
package dev.weft.bench;
