package dev.culvert.config;

import java.util.List;
import java.util.Set;

/**
 * Keys and values that are part of the design and that nothing in this version reads. They are
 * refused with these words, so that nobody relies on a setting without effect. Whoever implements
 * one takes it from here.
 */
final class NotAvailable {

  static final String COMPLAINT = "not available in this version";

  static final Set<String> MODES = Set.of("http");

  /** Below {@code culvert.routes.<name>.} and {@code culvert.defaults.}. */
  static final List<String> ROUTE = List.of("policy", "hedge.first-byte-timeout", "hedge.max");

  /** Below {@code culvert.upstreams.<name>.}. */
  static final List<String> UPSTREAM =
      List.of(
          "priority",
          "weight",
          "groups",
          "max-sessions",
          "max-streams",
          "health.path",
          "health.interval",
          "health.timeout",
          "health.passes",
          "health.fails",
          "breaker.failures",
          "breaker.open",
          "breaker.probes",
          "breaker.successes");

  /** Below {@code culvert.}. */
  static final List<String> GLOBAL =
      List.of(
          "sessions.store",
          "sessions.redis.url",
          "sessions.ttl",
          "sessions.fail-open",
          "transport.max-idle",
          "transport.max-idle-per-host",
          "transport.keep-alive",
          "transport.max-per-host",
          "transport.http2",
          "transport.proxy",
          "transport.no-proxy",
          "transport.tls-timeout");

  private NotAvailable() {}
}
