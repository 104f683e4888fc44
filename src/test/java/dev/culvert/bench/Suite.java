package dev.culvert.bench;

import dev.culvert.testkit.EchoUpstream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Scenarios with contestants of their own; upstreams always speak plain HTTP. One table each. */
enum Suite {
  /** WebSocket messages. */
  PLAIN(""),

  /** The same with clients that speak TLS. */
  TLS("TLS, "),

  /** Ordinary requests. */
  HTTP("HTTP, ");

  private static final int REQUESTING = 64;
  private static final int SHORT_BODY = 1024;
  private static final int LONG_BODY = 1024 * 1024;
  private static final int STREAMING = 200;

  /** What the headings of its tables begin with. */
  private final String heading;

  Suite(String heading) {
    this.heading = heading;
  }

  String heading() {
    return heading;
  }

  /** Returns the upstream after all contestants, which runs as a process and prints its port. */
  Class<?> upstream() {
    return this == HTTP ? HttpOrigin.class : EchoUpstream.class;
  }

  /** Returns whether it is measured what idle streams cost. */
  boolean hasIdleStreams() {
    return this != HTTP;
  }

  /** Returns what is measured. */
  List<Scenario> scenarios(BenchSettings settings) {
    return switch (this) {
      case PLAIN, TLS ->
          settings.payloads().stream()
              .map(payload -> new Scenario(Traffic.MESSAGES, settings.connections(), payload))
              .toList();
      case HTTP ->
          List.of(
              new Scenario(Traffic.REQUESTS, REQUESTING, SHORT_BODY),
              new Scenario(Traffic.REQUESTS, REQUESTING, LONG_BODY),
              new Scenario(Traffic.EVENTS, STREAMING, NumberedEvent.LENGTH));
    };
  }

  /** Returns its name in properties and of its directory. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the one of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Suite of(String word) {
    return Arrays.stream(values())
        .filter(suite -> suite.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "bench.tables: " + word + " (expected: plain, tls, turns, http)"));
  }
}
