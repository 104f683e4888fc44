package dev.culvert.handshake;

import dev.culvert.config.Account;
import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import java.util.Map;
import java.util.Optional;

/**
 * The ordinary request that an upstream is asked on behalf of a client of a route in mode {@code
 * http}, or why it is not asked.
 */
public sealed interface ProxiedRequest permits ProxiedRequest.Ready, Refusal {

  /**
   * A request without its body.
   *
   * @param method a token
   * @param host {@code host[:port]} that is asked for
   * @param target path and query in printable ASCII, beginning with a slash
   * @param headers all but {@code Host} and those of the connection, which whoever sends it adds
   */
  record Ready(String method, String host, String target, Headers headers)
      implements ProxiedRequest {

    /** Without target and values, which may hold credentials. */
    @Override
    public String toString() {
      return method + " " + headers;
    }
  }

  /**
   * Builds the request.
   *
   * <p>End-to-end fields go through as they are, in order. Then come the forwarding fields and
   * {@code Via}, then the route's header rules are carried out, then the account's headers take the
   * place of those of the same name. Beside an account nothing of the client's goes through that
   * {@linkplain Account#standsFor it stands for}. {@code TE: trailers} and {@code Expect:
   * 100-continue} are passed on, since what they ask for is. {@code Max-Forwards} has been checked,
   * and is counted.
   *
   * @param credentials of the account; none when the client's own are to be shown
   * @param client from the same request
   * @return {@link Ready}; a {@link Refusal} with status 400 when the request holds something that
   *     must not be sent on, with status 500 when a rule or the rewrite template does
   */
  static ProxiedRequest build(
      ClientRequest request,
      Route route,
      Upstream.Address address,
      ForwardedClient client,
      Map<String, String> credentials) {
    Optional<String> fault = fault(request);
    if (fault.isPresent()) {
      return Refusal.badRequest(fault.get());
    }
    String target = Target.of(request, route.rewrite(), address.path());
    Headers headers = headers(request, route, client, credentials);
    return FieldSyntax.fault(headers)
        .or(
            () ->
                FieldSyntax.firstOutside(target, Target::isTargetCharacter)
                    .map(found -> Detail.of("rewrite", found, "printable ASCII")))
        .<ProxiedRequest>map(Refusal::error)
        .orElseGet(
            () ->
                new Ready(
                    request.method(), RequestParts.host(request, route, address), target, headers));
  }

  private static Optional<String> fault(ClientRequest request) {
    return RequestParts.fault(request)
        .or(
            () ->
                request.method().equals("OPTIONS")
                        && request.hasBody()
                        && !request.headers().contains("Content-Type")
                    ? Optional.of("Content-Type: absent (expected: that of the body of OPTIONS)")
                    : Optional.empty());
  }

  private static Headers headers(
      ClientRequest request, Route route, ForwardedClient client, Map<String, String> credentials) {
    Headers endToEnd =
        HopByHop.remove(client.believed(request).headers())
            .without(name -> isWritten(name) || Forwarding.isOwn(name))
            .without(name -> !credentials.isEmpty() && Account.standsFor(name))
            .and(Forwarding.headers(request, client))
            .with("Via", via(request));
    Headers headers =
        HeaderEdits.show(
            credentials,
            HeaderEdits.apply(
                MaxForwards.counted(request, endToEnd),
                route.requestHeaders(),
                ProxiedRequest::isFixed));
    if (request.headers().hasToken("TE", "trailers")) {
      headers = headers.with("TE", "trailers");
    }
    return request.hasBody() && request.headers().hasToken("Expect", "100-continue")
        ? headers.with("Expect", "100-continue")
        : headers;
  }

  /** Which protocol the request came by, and to whom (RFC 9110 section 7.6.3). */
  private static String via(ClientRequest request) {
    return request.protocol().substring(request.protocol().indexOf('/') + 1) + " culvert";
  }

  private static boolean isFixed(String name) {
    return HopByHop.isNamed(name) || isWritten(name);
  }

  /** Whether a field is written anew, if at all. */
  private static boolean isWritten(String name) {
    return name.equals("host") || name.equals("expect");
  }
}
