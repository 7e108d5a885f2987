/**
 * Benchmarks that compare Weft with minimal code of the same design and with other runtimes. A comparison always takes
 * both figures in one run.
 *
 * <pre>
 * mvn -q -f bench                                  the figures with goals: a table, JSON, a chart
 * mvn -q -f bench -Drun="EchoBench --rounds 5"     echo servers, CPU time per request
 * mvn -q -f bench -Drun="EchoBench --suite tls"    TLS; bulk and udp likewise
 * mvn -q -f bench -Drun=Growth                     cost as work grows
 * mvn -q -f bench -Drun=Startup                    from start to end of a JVM
 * mvn -q -f bench -Drun=PeerBench                  tasks compared with asyncio, uvloop, Go and others
 * mvn -q -f bench -Drun="SleepingTasks 1000000"    memory and time of sleeping tasks
 * mvn -q -f bench test-compile exec:exec@jmh -Djmh.args="TaskBenchmark -f 1"  JMH
 * </pre>
 */
package dev.weft.bench;
