/**
 * Relay mode: a session of the server's own WebSocket endpoint on the client's side, the host's
 * connection to the upstream on the other, and messages passed between the two.
 *
 * <p>Frames are the business of {@link dev.culvert.relay.frame}, the session's way from the
 * handshake that of {@link dev.culvert.endpoint}.
 */
package dev.culvert.relay;
