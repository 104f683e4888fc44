/**
 * The benchmark of streams: messages per second, latency, CPU per message and memory per idle
 * stream of Culvert and of the proxies that stand in its place elsewhere. See docs/benchmarks.md.
 *
 * <p>{@link dev.culvert.bench.StreamBench} leads; the upstream, the load client and every
 * contestant are processes of their own.
 */
package dev.culvert.bench;
