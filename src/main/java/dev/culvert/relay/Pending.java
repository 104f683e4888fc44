package dev.culvert.relay;

import dev.culvert.boundary.Joined;
import java.util.Optional;
import java.util.function.Function;

/**
 * A handshake that the upstream has agreed to and the client's session does not yet answer.
 *
 * @param subprotocol the one that the upstream chose
 * @param terms of the relay
 * @param opener opens the stream; takes the stream's signal; throws {@link IllegalStateException}
 *     when the upstream's connection is gone
 */
public record Pending(
    Optional<String> subprotocol, RelayTerms terms, Function<Runnable, Joined> opener) {}
