/**
 * The server's own WebSocket endpoint: the way from a handshake that the filter has settled to the
 * client's session. Who speaks with the client, and about what, is other packages' affair.
 *
 * <p>Only the endpoint, its configurator and the session's adapter know the WebSocket API.
 */
package dev.culvert.endpoint;
