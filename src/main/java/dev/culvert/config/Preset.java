package dev.culvert.config;

import java.util.Map;
import java.util.Set;

/**
 * How the events of a protocol are read. Types compare exactly.
 *
 * @param requestType type that is written into a request that an HTTP client sends; empty = none
 * @param typeField top-level field of an event that names its type
 * @param terminals types that end a turn
 * @param owning terminals that leave a response after which the next turn may continue
 * @param metadata types that show nothing to a user; held back until an event that does
 * @param visible types that show something; empty = all that are neither terminal nor metadata,
 *     else whatever is not named counts as metadata
 * @param statuses of error codes, for errors that come before anything was shown
 * @param connectionLimit error code of a connection that takes no turn any more
 * @param laneField top-level field of a request that names its lane: of one client's WebSocket,
 *     requests of different lanes may be in flight at once; empty = there are no lanes
 */
public record Preset(
    String requestType,
    String typeField,
    Set<String> terminals,
    Set<String> owning,
    Set<String> metadata,
    Set<String> visible,
    Map<String, Integer> statuses,
    String connectionLimit,
    String laneField) {

  /** The Responses protocol of OpenAI over WebSocket, with its rate-limit events. */
  public static final Preset OPENAI_RESPONSES =
      new Preset(
          "response.create",
          "type",
          Set.of("response.completed", "response.failed", "response.incomplete", "error"),
          Set.of("response.completed"),
          Set.of(
              "response.created",
              "response.queued",
              "response.in_progress",
              "codex.rate_limits",
              "rate_limits.updated"),
          Set.of(),
          Map.ofEntries(
              Map.entry("usage_limit_reached", 429),
              Map.entry("rate_limit_exceeded", 429),
              Map.entry("rate_limit_reached", 429),
              Map.entry("quota_exhausted", 402),
              Map.entry("payment_required", 402),
              Map.entry("unauthorized", 401),
              Map.entry("token_invalid", 401),
              Map.entry("token_expired", 401),
              Map.entry("account_deactivated", 401),
              Map.entry("forbidden", 403),
              Map.entry("account_banned", 403),
              Map.entry("banned", 403),
              Map.entry("previous_response_not_found", 400),
              Map.entry("server_is_overloaded", 503),
              Map.entry("websocket_connection_limit_reached", 503),
              Map.entry("server_error", 500)),
          "websocket_connection_limit_reached",
          "stream_id");

  /** A protocol of which nothing is known but that its events have a type. */
  public static final Preset GENERIC =
      new Preset("", "type", Set.of(), Set.of(), Set.of(), Set.of(), Map.of(), "", "");

  /** Copies the collections. */
  public Preset {
    terminals = Set.copyOf(terminals);
    owning = Set.copyOf(owning);
    metadata = Set.copyOf(metadata);
    visible = Set.copyOf(visible);
    statuses = Map.copyOf(statuses);
  }

  /** Whether an event that is no terminal shows nothing. */
  public boolean isMetadata(String type) {
    return metadata.contains(type) || (!visible.isEmpty() && !visible.contains(type));
  }
}
