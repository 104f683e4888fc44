package dev.culvert.meter;

import java.util.Map;
import java.util.Optional;

/** What each metric of the host says, in one line. */
final class MetricHelp {

  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("culvert_streams_active", "Streams that are open."),
          Map.entry("culvert_streams_total", "Streams that have ended, by result."),
          Map.entry("culvert_stream_duration_seconds", "How long ended streams have lived."),
          Map.entry("culvert_stream_bytes_total", "Bytes relayed, those of open streams included."),
          Map.entry("culvert_handshakes_total", "Handshakes that have ended, by outcome."),
          Map.entry(
              "culvert_upgrades_never_begun_total",
              "Handshakes answered with 101 whose connections the server never gave."),
          Map.entry("culvert_pool_sockets", "Upstream sockets kept for turns, by state."),
          Map.entry("culvert_pool_decisions_total", "Dispatches of turns, by decision."),
          Map.entry("culvert_pool_evictions_total", "Upstream sockets that have ended, by reason."),
          Map.entry("culvert_http_requests_total", "Ordinary requests, by class of the status."),
          Map.entry("culvert_http_duration_seconds", "Time to the end of ordinary requests."),
          Map.entry("culvert_transport_connections", "Connections for such requests, by state."),
          Map.entry("culvert_turns_total", "Turns that have ended, by outcome."),
          Map.entry("culvert_turn_first_event_seconds", "Time to a turn's first visible event."),
          Map.entry("culvert_turn_duration_seconds", "Time to the end of a turn."),
          Map.entry("culvert_leases", "Leases that this server holds."),
          Map.entry("culvert_lease_store_up", "Whether the store of leases answers."),
          Map.entry("culvert_attempts_total", "Attempts at upstreams that are over, by outcome."),
          Map.entry("culvert_hedges_total", "Requests that were tried elsewhere too, by result."),
          Map.entry("culvert_breaker_state", "Circuits: 0 closed, 1 half-open, 2 open."));

  private MetricHelp() {}

  /** Empty for a metric that only a newer host knows. */
  static Optional<String> of(String metric) {
    return Optional.ofNullable(TEXTS.get(metric));
  }
}
