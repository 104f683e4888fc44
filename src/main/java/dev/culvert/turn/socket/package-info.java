/**
 * Clients that ask for their turns over a WebSocket: messages made into turns, events into
 * messages. Knows no container, only the session as {@link dev.culvert.endpoint} shows it.
 */
package dev.culvert.turn.socket;
