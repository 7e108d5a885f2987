/**
 * Benchmarks: what Weft costs beside the barest code of the same design, and beside other runtimes, always in
 * one run.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec@goals                             the figures that must hold: a table, JSON, a chart
 * mvn -q -Pbench test-compile exec:exec@echo -Decho.args="--rounds 5"     echo servers, CPU time per request
 * mvn -q -Pbench test-compile exec:exec@growth                            cost as work grows
 * mvn -q -Pbench test-compile exec:exec@startup                           from start to end of a JVM
 * mvn -q -Pbench test-compile exec:exec@echo -Decho.args="--suite tls"    TLS; bulk and udp likewise
 * mvn -q -Pbench test-compile exec:exec@peers                             tasks beside asyncio, uvloop, Go and others
 * mvn -q -Pbench test-compile exec:exec@sleeping -Dsleeping.args=1000000  what a sleeping task costs
 * mvn -q -Pbench -Djmh.args="TaskBenchmark -f 1"                          JMH
 * </pre>
 */
package dev.weft.bench;
