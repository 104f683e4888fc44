package dev.culvert.endpoint;

import java.util.Optional;
import java.util.function.Function;

/**
 * A handshake that the filter has settled and the client's session does not yet answer.
 *
 * @param subprotocol the one that the client gets
 * @param opener takes the session when it opens; empty when it was closed instead
 * @param expired run instead when no session came for the handshake
 */
public record Pending(
    Optional<String> subprotocol,
    Function<ClientEnd, Optional<SessionEvents>> opener,
    Runnable expired) {}
