/** Upstream WebSockets by the Tyrus client, of which the host has a copy of its own. */
package dev.culvert.host.upstream;
