package dev.culvert.host.relay;

import dev.culvert.host.frame.CloseStatus;

/**
 * How a stream ended.
 *
 * @param status WebSocket close status; 1006 without a close frame, and for opaque streams
 * @param detail for the log, empty when the result says all
 * @param nanos life of the stream
 */
public record StreamEnd(StreamResult result, CloseStatus status, String detail, long nanos) {}
