package dev.culvert.handshake;

import static java.util.function.Predicate.not;

import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The upgrade that an upstream is asked for on behalf of a route in mode {@code turns}, or why it
 * is not asked. The socket serves later requests of the same caller too, so that it carries nothing
 * of this one but its target and the headers that the route passes on.
 */
public sealed interface SocketRequest permits SocketRequest.Ready, Refusal {

  /**
   * An upgrade to be asked for.
   *
   * @param url {@code ws} or {@code wss}, without {@code %}
   * @param headers all that go with the upgrade, but those of WebSocket itself
   */
  record Ready(String url, Headers headers) implements SocketRequest {

    /** The headers as name and value. */
    public List<Map.Entry<String, String>> entries() {
      return headers.fields().stream()
          .map(field -> Map.entry(field.name(), field.value()))
          .toList();
    }

    /** Without the headers, whose values are credentials. */
    @Override
    public String toString() {
      return "Ready[" + url + "]";
    }
  }

  /**
   * Builds the request.
   *
   * @param credentials of the account, which replace headers of the same name; none when the
   *     client's own are to be shown
   * @return {@link Ready}; a {@link Refusal} with status 400 when the client's request holds
   *     something that must not be sent on, with status 500 when a rule or the rewrite template
   *     does
   */
  static SocketRequest build(
      ClientRequest request,
      Route route,
      Upstream.Address address,
      Map<String, String> credentials) {
    Optional<String> fault = Target.fault(request);
    if (fault.isPresent()) {
      return Refusal.badRequest(fault.get());
    }
    String target = Target.of(request, route.rewrite(), address.path());
    Optional<String> odd =
        FieldSyntax.firstOutside(target, c -> Target.isTargetCharacter(c) && c != '%');
    if (odd.isPresent()) {
      return Refusal.badRequest(Detail.of("target", odd.get(), "printable ASCII without % and #"));
    }
    Optional<String> unfit = unfit(target);
    if (unfit.isPresent()) {
      return Refusal.badRequest(unfit.get());
    }
    Headers passed = passed(request, route, !credentials.isEmpty());
    Optional<String> badHeader = FieldSyntax.fault(passed);
    if (badHeader.isPresent()) {
      return Refusal.badRequest(badHeader.get());
    }
    Headers headers =
        HeaderEdits.show(
            credentials, HeaderEdits.apply(passed, route.requestHeaders(), SocketRequest::isFixed));
    Optional<String> badRule = FieldSyntax.fault(headers);
    if (badRule.isPresent()) {
      return Refusal.error(badRule.get());
    }
    String scheme = address.secure() ? "wss://" : "ws://";
    return new Ready(scheme + address.authority() + target, headers);
  }

  /**
   * Of what browsers send as it is, quotes for example, the library takes nothing that is no URI.
   */
  private static Optional<String> unfit(String target) {
    try {
      URI unused = new URI("ws://upstream" + target);
      return Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.of(Detail.of("target", e.getReason(), "a path and query as in RFC 3986"));
    }
  }

  /** The client's headers that tell it from other callers, whether they go on or not. */
  static Headers shown(ClientRequest request, Route route) {
    return request.headers().without(not(route.turn().headers()::contains));
  }

  /** The client's headers that go on to the upstream, before the route's rules. */
  private static Headers passed(ClientRequest request, Route route, boolean hasAccount) {
    Set<String> names = hasAccount ? route.turn().besideAccount() : route.turn().headers();
    return HopByHop.remove(request.headers()).without(not(names::contains));
  }

  private static boolean isFixed(String name) {
    return HopByHop.isNamed(name) || name.equals("host") || name.startsWith("sec-websocket-");
  }
}
