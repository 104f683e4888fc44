package dev.culvert.boundary;

/**
 * Names a lease: one attempt's share of a session's place at a provider.
 *
 * @param provider name of the upstream
 * @param session id of the conversation
 * @param token of the attempt
 */
public record LeaseId(String provider, String session, String token) {}
