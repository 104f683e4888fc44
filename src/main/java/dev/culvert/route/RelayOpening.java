package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.Joined;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.config.Route;
import dev.culvert.endpoint.ClientEnd;
import dev.culvert.endpoint.Endpoints;
import dev.culvert.endpoint.Pending;
import dev.culvert.endpoint.SessionEvents;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Attempt;
import dev.culvert.relay.RelayTerms;
import dev.culvert.relay.Relays;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Relay mode: the server's own WebSocket endpoint speaks with the client. */
record RelayOpening(Gateway gateway, Route route, Optional<Endpoints> endpoints, Relays relays)
    implements Opening {

  private static final Set<String> OF_THE_ENDPOINT = Set.of("connection", "upgrade");

  /** The host is asked as well: it learns of the server's threads, which it has to look after. */
  @Override
  public String refusal(HttpServletRequest request) {
    String unused = gateway.host().refusal(request);
    return endpoints.isPresent() ? null : "the server has no WebSocket endpoints for relay mode";
  }

  @Override
  public boolean upgradesByServer() {
    return true;
  }

  @Override
  public void open(
      HttpServletRequest request,
      HttpServletResponse response,
      UpstreamResponse.Switch agreed,
      long connection,
      StreamSpec stream,
      Attempt attempt)
      throws IOException {
    boolean opened = false;
    try {
      Answers.set(response, withoutHandshake(agreed.headers()));
      endpoints
          .orElseThrow()
          .upgrade(request, response, pending(agreed, connection, stream, attempt));
      opened = true;
    } finally {
      if (!opened) {
        gateway.host().abandon(connection);
      }
    }
  }

  private static Headers withoutHandshake(Headers headers) {
    return headers.without(
        name -> OF_THE_ENDPOINT.contains(name) || name.startsWith("sec-websocket-"));
  }

  private Pending pending(
      UpstreamResponse.Switch agreed, long connection, StreamSpec stream, Attempt attempt) {
    return new Pending(
        agreed.headers().single("Sec-WebSocket-Protocol"),
        client -> begin(client, connection, stream, attempt),
        () -> {
          gateway.host().abandon(connection);
          attempt.close();
          HandshakeLog.neverBegun(gateway, stream);
        });
  }

  private Optional<SessionEvents> begin(
      ClientEnd client, long connection, StreamSpec stream, Attempt attempt) {
    RelayTerms terms =
        new RelayTerms(
            route.limits().stallTimeout(), route.closeGrace(), route.limits().pingInterval());
    try (attempt) {
      Optional<SessionEvents> begun =
          relays.begin(terms, signal -> join(connection, stream, signal, attempt), client);
      if (begun.isEmpty()) {
        gateway.host().abandon(connection);
      }
      return begun;
    }
  }

  private Joined join(long connection, StreamSpec stream, Runnable signal, Attempt attempt) {
    Map<String, Object> joined =
        gateway.host().join(gateway.deployment(), connection, Fields.of(stream), signal);
    attempt.handOver();
    return Fields.to(Joined.class, joined);
  }
}
