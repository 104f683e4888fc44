package dev.culvert.route;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.config.Route;
import dev.culvert.handshake.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts each handshake once and logs those that open no stream. */
final class HandshakeLog {

  private static final Logger LOG = System.getLogger("dev.culvert.handshake");
  private static final String METRIC = "culvert_handshakes_total";
  private static final String NEVER_BEGUN = "culvert_upgrades_never_begun_total";

  private HandshakeLog() {}

  /**
   * Notes the end of a handshake.
   *
   * @param status what the client got, 499 when it was gone
   * @param detail one line of printable characters
   */
  static void ended(
      Gateway gateway, Route route, String client, Outcome outcome, int status, String detail) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("route", route.name());
    tags.put("outcome", outcome.label());
    gateway.count(METRIC, tags);
    if (outcome != Outcome.OPENED) {
      LOG.log(
          level(outcome),
          "CULVERT-R001 no stream: route={0} client={1} outcome={2} status={3} detail={4}",
          route.name(),
          client,
          outcome.label(),
          Integer.toString(status),
          detail);
    }
  }

  /** Notes that the server has answered with 101 and never given the client's connection. */
  static void neverBegun(Gateway gateway, StreamSpec stream) {
    gateway.count(NEVER_BEGUN, Map.of("route", stream.route()));
    LOG.log(
        Level.WARNING,
        "CULVERT-R002 the server has not begun the upgrade that it was asked for: route={0}"
            + " client={1} upstream={2}",
        stream.route(),
        stream.client(),
        stream.upstream());
  }

  /** Upstreams' faults concern the operator; clients' are everyday. */
  private static Level level(Outcome outcome) {
    return switch (outcome) {
      case CONNECT_FAILED, BAD_RESPONSE, TIMEOUT, LIMIT, UNAVAILABLE, ERROR -> Level.WARNING;
      case OPENED, REFUSED, FORBIDDEN, RELAYED, CLIENT_GONE -> Level.INFO;
    };
  }
}
