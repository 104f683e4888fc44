package dev.culvert.meter;

import java.util.Map;
import java.util.Optional;

/** What each metric of the host says, in one line. */
final class MetricHelp {

  private static final Map<String, String> TEXTS =
      Map.of(
          "culvert_streams_active", "Streams that are open.",
          "culvert_streams_total", "Streams that have ended, by result.",
          "culvert_stream_duration_seconds", "How long ended streams have lived.",
          "culvert_stream_bytes_total", "Bytes relayed, those of open streams included.",
          "culvert_handshakes_total", "Handshakes that have ended, by outcome.");

  private MetricHelp() {}

  /** Empty for a metric that only a newer host knows. */
  static Optional<String> of(String metric) {
    return Optional.ofNullable(TEXTS.get(metric));
  }
}
