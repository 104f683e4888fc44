/**
 * The far ends of a stream for tests and benchmarks: an upstream that echoes and the client side of
 * an upgrade, JDK only, so that they also run as processes of their own; and a real server between
 * them, with the WARs to deploy on it.
 */
package dev.culvert.testkit;
