/**
 * Clients that people use, driven a command at a time, with a stream through Culvert on a real
 * server: the JDK's WebSocket, Node, Python and Chromium.
 */
package dev.culvert.it.clients;
