package dev.culvert.handshake;

import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the upstream is asked on behalf of a client, or why it is not asked. */
public sealed interface UpstreamRequest permits UpstreamRequest.Heads, Refusal {

  /**
   * Request heads, complete with the empty line.
   *
   * @param texts one for each address of the upstream, in that order; every character is below 256
   */
  record Heads(List<String> texts) implements UpstreamRequest {

    public Heads {
      texts = List.copyOf(texts);
    }

    /** The heads as they go on the wire, ISO 8859-1. */
    public List<byte[]> bytes() {
      return texts.stream().map(text -> text.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    /** The number of heads only: they may hold credentials. */
    @Override
    public String toString() {
      return "Heads[" + texts.size() + "]";
    }
  }

  /**
   * Builds the request heads.
   *
   * <p>End-to-end fields go through as they are, in order, after {@code Host}. Then come the
   * forwarding fields, then the route's header rules are carried out, then {@code Connection} and
   * {@code Upgrade} are added. Rules on {@code Host}, on hop-by-hop fields, {@code Content-Length},
   * {@code Sec-WebSocket-Key} and {@code Sec-WebSocket-Version} have no effect.
   *
   * @param token from {@link ClientHandshake.Accepted}
   * @param client from the same request
   * @return {@link Heads}; a {@link Refusal} with status 400 when the request holds something that
   *     must not be sent on (control characters, anything outside ISO 8859-1 or, in the target,
   *     outside ASCII, {@code .} and {@code ..} segments), with status 500 when a rule or the
   *     rewrite template does
   */
  static UpstreamRequest build(
      ClientRequest request, String token, Route route, Upstream upstream, ForwardedClient client) {
    Optional<String> fault = RequestParts.fault(request);
    if (fault.isPresent()) {
      return Refusal.badRequest(fault.get());
    }
    Headers sent = headers(request, token, route, client);
    List<String> heads = new ArrayList<>();
    for (Upstream.Address address : upstream.addresses()) {
      String target = Target.of(request, route.rewrite(), address.path());
      Headers all = Headers.of("Host", RequestParts.host(request, route, address)).and(sent);
      Optional<String> ownFault =
          FieldSyntax.fault(all)
              .or(
                  () ->
                      FieldSyntax.firstOutside(target, Target::isTargetCharacter)
                          .map(found -> Detail.of("rewrite", found, "printable ASCII")));
      if (ownFault.isPresent()) {
        return Refusal.error(ownFault.get());
      }
      heads.add(head(request.method(), target, all));
    }
    return new Heads(heads);
  }

  private static Headers headers(
      ClientRequest request, String token, Route route, ForwardedClient client) {
    Headers endToEnd =
        HopByHop.remove(client.believed(request).headers())
            .without(name -> Set.of("host", "expect").contains(name) || Forwarding.isOwn(name))
            .and(Forwarding.headers(request, client));
    return HeaderEdits.apply(endToEnd, route.requestHeaders(), UpstreamRequest::isFixed)
        .with("Connection", "Upgrade")
        .with("Upgrade", token);
  }

  private static boolean isFixed(String name) {
    return HopByHop.isNamed(name)
        || Set.of("host", "sec-websocket-key", "sec-websocket-version").contains(name);
  }

  static String head(String method, String target, Headers headers) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    for (Headers.Field field : headers.fields()) {
      head.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    return head.append("\r\n").toString();
  }
}
