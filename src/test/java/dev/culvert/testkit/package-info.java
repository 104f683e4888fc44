/**
 * The far ends of a stream for tests and benchmarks: an upstream that echoes and the client side of
 * an upgrade. JDK only, so that it also runs as a process of its own.
 */
package dev.culvert.testkit;
