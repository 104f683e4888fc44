/** WebSocket framing (RFC 6455 section 5), as far as a relay that never unmasks needs it. */
package dev.culvert.host.frame;
