/**
 * A simulated language-model upstream that speaks the Responses protocol over WebSocket, for tests,
 * the benchmark and the demo.
 */
package dev.culvert.sim;
