package dev.culvert.turn.socket;

import java.time.Duration;

/**
 * Limits of a client's WebSocket; zero = none.
 *
 * @param timeout absolute life
 * @param idleTimeout life without a turn and without a message either way
 * @param pingInterval silence of the client after which it gets a ping
 * @param credential time until the caller's credential ends
 */
public record SocketLimits(
    Duration timeout, Duration idleTimeout, Duration pingInterval, Duration credential) {}
