/** Streams: two joined connections, relayed on one event loop. */
package dev.culvert.host.relay;
