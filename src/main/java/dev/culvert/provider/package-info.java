/**
 * Which upstream serves a request: selection, leases, circuits, failover and hedging.
 *
 * <p>A <b>provider</b> is an upstream with its limits and its state. A request makes
 * <b>attempts</b> at providers, one after the other or, when it is hedged, several at once. Each
 * attempt holds a lease of the provider for its session, and is closed exactly once.
 *
 * <p>Nothing here knows what is sent: tunnels, relays, turns and HTTP exchanges drive the same
 * {@link dev.culvert.provider.Attempts}.
 */
package dev.culvert.provider;
