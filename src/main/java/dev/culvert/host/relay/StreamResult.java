package dev.culvert.host.relay;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Why a stream ended; the label of {@code culvert_streams_total}. */
public enum StreamResult {
  /** Either peer ended it, cleanly. */
  CLOSED,
  /** A reset, a WebSocket that ended without a close frame, or a frame that breaks a limit. */
  ERROR,
  /** Absolute life over. */
  TIMEOUT,
  /** No byte either way for too long. */
  IDLE,
  /** Its deployment ended. */
  UNDEPLOYED,
  /** Its upstream left the configuration. */
  UPSTREAM_REMOVED,
  /** The caller's credential ended. */
  EXPIRED,
  /** An operator closed it. */
  KILLED,
  /** The server exits. */
  SHUTDOWN;

  /** The label as operators see it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the result of a label.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static StreamResult of(String label) {
    return Arrays.stream(values())
        .filter(result -> result.label().equals(label))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "result: " + label + " (expected: one of " + labels() + ")"));
  }

  private static String labels() {
    return Arrays.stream(values()).map(StreamResult::label).collect(Collectors.joining(", "));
  }
}
