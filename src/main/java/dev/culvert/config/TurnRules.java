package dev.culvert.config;

import static java.util.function.Predicate.not;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a route in mode {@link Route.Mode#TURNS} treats requests.
 *
 * @param preset how the upstream's events are read
 * @param conversation body fields or headers in which clients name their conversation, the most
 *     telling first
 * @param headers of the client's request, lower case; callers who differ in one of them share no
 *     socket, and the upstream gets to see them when one is opened with the caller's credentials
 * @param besideAccount those of them that the upstream gets to see when a socket is opened with an
 *     account's credentials
 * @param replayable whether a request may be sent twice
 * @param heartbeat silence after which a client that takes events gets a comment, above zero
 */
public record TurnRules(
    Preset preset,
    List<String> conversation,
    Set<String> headers,
    Set<String> besideAccount,
    boolean replayable,
    Duration heartbeat) {

  private static final Set<String> HEADERS =
      Set.of("authorization", "openai-organization", "openai-project", "openai-beta");

  /** Those of the Responses protocol. */
  public static final TurnRules DEFAULTS =
      new TurnRules(
          Preset.OPENAI_RESPONSES,
          List.of("prompt_cache_key", "x-conversation-id", "session_id"),
          HEADERS,
          HEADERS.stream().filter(not(Account::standsFor)).collect(Collectors.toSet()),
          false,
          Duration.ofSeconds(15));

  /** Copies the collections. */
  public TurnRules {
    conversation = List.copyOf(conversation);
    headers = Set.copyOf(headers);
    besideAccount = Set.copyOf(besideAccount);
  }
}
