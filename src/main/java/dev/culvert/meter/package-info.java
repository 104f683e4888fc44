/**
 * Metrics: the host counts, the gateway shows its counts through whatever metrics API the server
 * has.
 */
package dev.culvert.meter;
