package dev.culvert.host.dial;

import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.wire.Wire;
import java.nio.ByteBuffer;

/**
 * A connection to an upstream after its 101.
 *
 * @param early what the upstream sent right after its response
 */
public record UpstreamConnection(EventLoop loop, Wire wire, ByteBuffer early) {}
