package dev.culvert.handshake;

import dev.culvert.boundary.DialResult;
import dev.culvert.config.Route;
import java.util.Set;

/** The client's response, made of the upstream's. */
final class ClientResponse {

  private static final Set<Integer> WITHOUT_BODY = Set.of(204, 304);

  /** What is said of the whole body and is wrong of a part; a part must not be cached either. */
  private static final Set<String> ABOUT_WHOLE_BODY =
      Set.of(
          "accept-ranges",
          "cache-control",
          "content-digest",
          "content-md5",
          "content-range",
          "digest",
          "etag",
          "expires",
          "repr-digest");

  private ClientResponse() {}

  static UpstreamResponse.Switch switching(Headers upstream, String token, Route route) {
    return new UpstreamResponse.Switch(
        edited(HopByHop.remove(upstream), route)
            .with("Connection", "Upgrade")
            .with("Upgrade", token));
  }

  static UpstreamResponse.Relay relay(DialResult result, Headers upstream, Route route) {
    Headers endToEnd = HopByHop.remove(upstream);
    byte[] body = result.body();
    if (WITHOUT_BODY.contains(result.status())) {
      return new UpstreamResponse.Relay(result.status(), edited(endToEnd, route), new byte[0]);
    }
    if (result.bodyCut()) {
      // A part of a compressed body cannot be read; the status is what the client needs.
      body = endToEnd.contains("Content-Encoding") ? new byte[0] : body;
      endToEnd =
          endToEnd
              .without(name -> ABOUT_WHOLE_BODY.contains(name) || name.equals("content-encoding"))
              .with("Cache-Control", "no-store")
              .with("Culvert-Body", "truncated");
    }
    Headers headers = edited(endToEnd, route).with("Content-Length", Integer.toString(body.length));
    return new UpstreamResponse.Relay(
        result.status(),
        result.status() == 426 ? headers.and(UpgradeOffer.headers(route)) : headers,
        body);
  }

  private static Headers edited(Headers headers, Route route) {
    return HeaderEdits.apply(
        headers,
        route.responseHeaders(),
        name -> HopByHop.isNamed(name) || name.equals("sec-websocket-accept"));
  }
}
