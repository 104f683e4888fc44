/**
 * A turn: one client request, and the upstream events that answer it up to a terminal one. Knows no
 * container and no socket, only slots.
 */
package dev.culvert.turn;
