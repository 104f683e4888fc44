/** The upstream's side of a handshake: connect, send a request head, read the response. */
package dev.culvert.host.dial;
