package dev.culvert.handshake;

import dev.culvert.config.Route;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a client's request to a tunnel route can become a stream. */
public sealed interface ClientHandshake permits ClientHandshake.Accepted, Refusal {

  /**
   * The request asks for an upgrade that the route allows.
   *
   * @param token what to upgrade to, as the client spelt it
   */
  record Accepted(String token) implements ClientHandshake {

    /** Whether the stream consists of WebSocket frames. */
    public boolean webSocket() {
      return WebSocket.is(token);
    }
  }

  /**
   * Checks a request (RFC 9110 section 7.8; RFC 6455 section 4.2.1).
   *
   * <p>Of several {@code Upgrade} tokens the first one that the route allows counts, {@code h2c}
   * never. HTTP/1.0 gets the same 426 as a request without {@code Upgrade}, because the field must
   * be ignored there; later versions, which have no upgrade, get 505.
   *
   * @return {@link Accepted}, or a {@link Refusal} with {@link Outcome#REFUSED}
   */
  static ClientHandshake check(ClientRequest request, Route route) {
    if (!request.protocol().equals("HTTP/1.1")) {
      return wrongProtocol(request, route);
    }
    Headers headers = request.headers();
    Optional<String> token =
        headers.tokens("Upgrade").stream().filter(offer -> isAllowed(offer, route)).findFirst();
    if (token.isEmpty()) {
      return upgradeRequired(
          route,
          Detail.of("Upgrade", headers.values("Upgrade"), "one of " + UpgradeOffer.of(route)));
    }
    if (!headers.hasToken("Connection", "upgrade")) {
      return upgradeRequired(
          route, Detail.of("Connection", headers.values("Connection"), "a list with Upgrade"));
    }
    return fault(request, token.get())
        .map(ClientHandshake.class::cast)
        .orElseGet(() -> new Accepted(token.get()));
  }

  private static boolean isAllowed(String token, Route route) {
    String lower = Ascii.lower(token);
    return !lower.equals("h2c") && route.upgrades().contains(lower);
  }

  private static Optional<Refusal> fault(ClientRequest request, String token) {
    return hostFault(request)
        .or(() -> bodyFault(request))
        .or(() -> methodFault(request, token))
        .or(() -> webSocketFault(request, token));
  }

  private static Optional<Refusal> hostFault(ClientRequest request) {
    if (request.host().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        Refusal.badRequest(
            Detail.of("Host", request.headers().values("Host"), "one host with or without port")));
  }

  private static Optional<Refusal> bodyFault(ClientRequest request) {
    Headers headers = request.headers();
    List<String> lengths = headers.values("Content-Length");
    if (headers.contains("Transfer-Encoding")) {
      return Optional.of(
          Refusal.badRequest(
              Detail.of("Transfer-Encoding", headers.values("Transfer-Encoding"), "absent")));
    }
    if (!lengths.stream().allMatch("0"::equals)) {
      return Optional.of(
          Refusal.badRequest(Detail.of("Content-Length", lengths, "0, or no such header")));
    }
    return request.hasBody()
        ? Optional.of(Refusal.badRequest("body: present (expected: no body with an upgrade)"))
        : Optional.empty();
  }

  private static Optional<Refusal> methodFault(ClientRequest request, String token) {
    String method = request.method();
    // The answers to these two are framed in ways of their own, which an upgrade has no use for.
    boolean oddFraming = Set.of("CONNECT", "HEAD").contains(method);
    boolean wrong = WebSocket.is(token) ? !method.equals("GET") : oddFraming;
    return wrong
        ? Optional.of(
            Refusal.refused(405, Headers.of("Allow", "GET"), Detail.of("method", method, "GET")))
        : Optional.empty();
  }

  private static Optional<Refusal> webSocketFault(ClientRequest request, String token) {
    return WebSocket.is(token)
        ? WebSocket.requestFault(HopByHop.remove(request.headers()))
        : Optional.empty();
  }

  private static Refusal wrongProtocol(ClientRequest request, Route route) {
    String detail = Detail.of("protocol", request.protocol(), "HTTP/1.1");
    return request.protocol().startsWith("HTTP/1.") || request.protocol().startsWith("HTTP/0.")
        ? upgradeRequired(route, detail)
        : Refusal.refused(505, Headers.NONE, detail);
  }

  private static Refusal upgradeRequired(Route route, String detail) {
    return Refusal.refused(426, UpgradeOffer.headers(route), detail);
  }
}
