package dev.culvert.config;

import java.time.Duration;

/**
 * Limits of a stream; zero = none.
 *
 * @param timeout absolute life
 * @param idleTimeout life without a byte either way
 * @param pingInterval silence of a side after which it gets a WebSocket ping
 * @param stallTimeout longest wait of a relay for a peer that takes nothing; above zero
 * @param expires whether the stream ends with the caller's credential
 * @param maxFrame largest WebSocket frame payload in bytes
 * @param maxMessage largest WebSocket message in bytes
 */
public record StreamLimits(
    Duration timeout,
    Duration idleTimeout,
    Duration pingInterval,
    Duration stallTimeout,
    boolean expires,
    long maxFrame,
    long maxMessage) {}
