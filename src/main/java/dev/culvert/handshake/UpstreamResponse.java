package dev.culvert.handshake;

import dev.culvert.boundary.DialResult;
import dev.culvert.config.Route;
import java.util.List;
import java.util.Optional;

/** What an upstream's answer, or the lack of one, means for the client. */
public sealed interface UpstreamResponse
    permits UpstreamResponse.Switch, UpstreamResponse.Relay, Refusal {

  /** The label of the handshake, provided that the client can still be answered. */
  Outcome outcome();

  /** The headers of the client's response. */
  Headers headers();

  /**
   * The upstream switched protocols; the client gets 101.
   *
   * @param headers of the client's 101, {@code Connection} and {@code Upgrade} among them
   */
  record Switch(Headers headers) implements UpstreamResponse {

    @Override
    public Outcome outcome() {
      return Outcome.OPENED;
    }
  }

  /**
   * The upstream answered otherwise; the client gets that answer.
   *
   * @param status 200 to 599
   * @param headers of the client's response; {@code Content-Length} among them where the status
   *     allows a body
   * @param body all of it, no longer than the limit of the dial
   */
  @SuppressWarnings("ArrayRecordComponent") // written to the client as it is, never compared
  record Relay(int status, Headers headers, byte[] body) implements UpstreamResponse {

    @Override
    public Outcome outcome() {
      return Outcome.RELAYED;
    }
  }

  /**
   * Judges the end of a dial.
   *
   * <p>A 101 counts only with the token asked for and, for WebSocket, with the right {@code
   * Sec-WebSocket-Accept}, a subprotocol and extensions that the client offered. The caller must
   * abandon {@link DialResult#connection()} unless it gets a {@link Switch}.
   *
   * <p>The route's header rules apply to 101 and to relayed answers; rules on hop-by-hop fields,
   * {@code Content-Length} and {@code Sec-WebSocket-Accept} have no effect.
   *
   * <p>A body that was cut at the limit is relayed as far as it was kept, not at all when it is
   * compressed, with {@code Culvert-Body: truncated}, {@code Cache-Control: no-store} and without
   * the fields that describe the whole: the status is what the client of an upgrade acts on, and a
   * 502 would hide it.
   *
   * @param request the client's
   * @param token from {@link ClientHandshake.Accepted}
   * @return a {@link Refusal} with 502 when the upstream cannot be connected or its answer is
   *     broken, 504 when it was too slow, 503 when the route is full, 500 for an outcome that this
   *     version does not know or a header rule that cannot be sent
   */
  static UpstreamResponse judge(
      DialResult result, ClientRequest request, String token, Route route) {
    return switch (result.outcome()) {
      case DialResult.RESPONSE -> answer(result, request, token, route);
      case DialResult.CONNECT_FAILED ->
          Refusal.badGateway(Outcome.CONNECT_FAILED, detail(result, "a connection"));
      case DialResult.BAD_RESPONSE ->
          Refusal.badGateway(Outcome.BAD_RESPONSE, detail(result, "an HTTP/1.1 response"));
      case DialResult.TIMEOUT ->
          new Refusal(Outcome.TIMEOUT, 504, Headers.NONE, detail(result, "an answer in time"));
      case DialResult.LIMIT ->
          Refusal.later(
              Outcome.LIMIT, detail(result, "fewer than " + route.maxStreams() + " streams"));
      default -> Refusal.error(detail(result, "a known outcome"));
    };
  }

  /**
   * Whether a WebSocket upstream has agreed to a subprotocol or an extension that the client has
   * not offered, and its 101 is in order otherwise. Clients can bring that about: some upstreams
   * choose a subprotocol whatever was offered.
   *
   * @param request the client's
   * @param token from {@link ClientHandshake.Accepted}
   */
  static boolean exceedsOffer(DialResult result, ClientRequest request, String token) {
    Headers headers = Headers.ofPairs(result.headers());
    return result.outcome().equals(DialResult.RESPONSE)
        && result.status() == 101
        && FieldSyntax.fault(headers).isEmpty()
        && upgradeFault(headers, token).isEmpty()
        && WebSocket.is(token)
        && WebSocket.exceedsOffer(HopByHop.remove(request.headers()), HopByHop.remove(headers));
  }

  private static UpstreamResponse answer(
      DialResult result, ClientRequest request, String token, Route route) {
    Headers headers = Headers.ofPairs(result.headers());
    Optional<String> fault =
        FieldSyntax.fault(headers)
            .or(() -> statusFault(result.status()))
            .or(
                () ->
                    result.status() == 101
                        ? switchFault(headers, request, token)
                        : Optional.empty());
    if (fault.isPresent()) {
      return Refusal.badGateway(Outcome.BAD_RESPONSE, "upstream " + fault.get());
    }
    UpstreamResponse response =
        result.status() == 101
            ? ClientResponse.switching(headers, token, route)
            : ClientResponse.relay(result, headers, route);
    return FieldSyntax.fault(response.headers())
        .<UpstreamResponse>map(Refusal::error)
        .orElse(response);
  }

  private static Optional<String> statusFault(int status) {
    return status == 101 || (status >= 200 && status <= 599)
        ? Optional.empty()
        : Optional.of("status: %d (expected: 101 or 200 to 599)".formatted(status));
  }

  private static Optional<String> switchFault(
      Headers headers, ClientRequest request, String token) {
    Optional<String> fault = upgradeFault(headers, token);
    return fault.isEmpty() && WebSocket.is(token)
        ? WebSocket.responseFault(HopByHop.remove(request.headers()), HopByHop.remove(headers))
        : fault;
  }

  private static Optional<String> upgradeFault(Headers headers, String token) {
    List<String> tokens = headers.tokens("Upgrade");
    if (tokens.size() != 1 || !Ascii.equalIgnoringCase(tokens.get(0), token)) {
      return Optional.of(Detail.of("Upgrade", tokens, token));
    }
    return headers.hasToken("Connection", "upgrade")
        ? Optional.empty()
        : Optional.of(Detail.of("Connection", headers.values("Connection"), "a list with Upgrade"));
  }

  private static String detail(DialResult result, String expected) {
    return "upstream: %s, %s (expected: %s)".formatted(result.outcome(), result.detail(), expected);
  }
}
