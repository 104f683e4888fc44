package dev.culvert.relay;

import java.time.Duration;

/**
 * The limits of one relay beyond those of its stream.
 *
 * @param stallTimeout longest wait for a peer that takes nothing, above zero
 * @param closeGrace longest wait for the answer to a close frame
 * @param pingInterval silence of the client after which it gets a ping; zero = never
 */
public record RelayTerms(Duration stallTimeout, Duration closeGrace, Duration pingInterval) {}
