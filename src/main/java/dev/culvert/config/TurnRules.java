package dev.culvert.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;

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
 * @param heartbeat silence behind which a client that takes events gets a comment, above zero
 */
public record TurnRules(
    Preset preset,
    List<String> conversation,
    Set<String> headers,
    Set<String> besideAccount,
    boolean replayable,
    Duration heartbeat) {

  /**
   * Those of the Responses protocol. Callers do not choose the organization or project of an
   * account: an upstream that refuses a wrong one refuses the account.
   */
  public static final TurnRules DEFAULTS =
      new TurnRules(
          Preset.OPENAI_RESPONSES,
          List.of("prompt_cache_key", "x-conversation-id", "session_id"),
          Set.of("authorization", "openai-organization", "openai-project", "openai-beta"),
          Set.of("openai-beta"),
          false,
          Duration.ofSeconds(15));

  /** Copies the collections. */
  public TurnRules {
    conversation = List.copyOf(conversation);
    headers = Set.copyOf(headers);
    besideAccount = Set.copyOf(besideAccount);
  }
}
