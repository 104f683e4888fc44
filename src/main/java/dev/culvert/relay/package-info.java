/**
 * Relay mode: the server's own WebSocket endpoint on the client's side, the host's connection to
 * the upstream on the other, and messages passed between the two.
 *
 * <p>Frames are the business of {@link dev.culvert.relay.frame}. Only the endpoint, its
 * configurator and the session's adapter know the WebSocket API.
 */
package dev.culvert.relay;
