package dev.culvert.route;

import dev.culvert.boundary.ResponseOwner;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.SocketRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the socket is that owns a response: nobody else can continue it. */
record TurnPlace(Upstream upstream, Upstream.Address address) {

  /** Empty when the owner is not known, or at none of the route's upstreams any more. */
  static Optional<TurnPlace> of(TurnStarter starter, TurnIdentity identity) {
    return identity
        .owner()
        .map(ResponseOwner::url)
        .flatMap(
            url ->
                starter.route().upstreams().stream()
                    .map(starter.settings().upstreams()::get)
                    .flatMap(upstream -> places(upstream).stream())
                    .filter(place -> url.equals(place.url(starter)))
                    .findFirst());
  }

  private static List<TurnPlace> places(Upstream upstream) {
    return upstream.addresses().stream().map(address -> new TurnPlace(upstream, address)).toList();
  }

  private String url(TurnStarter starter) {
    return SocketRequest.build(starter.request(), starter.route(), address, Map.of())
            instanceof SocketRequest.Ready ready
        ? ready.url()
        : "";
  }
}
