/**
 * WebSocket framing for the end that the gateway itself speaks for (RFC 6455 section 5): messages
 * become the frames of a client, and the frames of a server become messages, piece by piece.
 */
package dev.culvert.relay.frame;
