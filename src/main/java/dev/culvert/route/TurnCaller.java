package dev.culvert.route;

import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.RequestFeatures;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who asks for turns, as the server's own thread has found him; a turn begins on other ones.
 *
 * @param request that asks for one turn, or the handshake of a WebSocket
 * @param user name, empty when anonymous
 * @param groups of upstreams that he is in
 * @param features of the request
 */
record TurnCaller(
    ClientRequest request, String user, Set<String> groups, RequestFeatures features) {

  /** On the server's own thread. */
  static TurnCaller of(
      Settings settings, ClientRequest request, ForwardedClient client, HttpServletRequest http) {
    Set<String> groups =
        settings.upstreams().values().stream()
            .map(Upstream::groups)
            .flatMap(Set::stream)
            .distinct()
            .filter(http::isUserInRole)
            .collect(Collectors.toUnmodifiableSet());
    String user = Caller.of(http).user();
    return new TurnCaller(
        client.believed(request),
        user,
        groups,
        new RequestFeatures(request.headers(), client.addressText(), user));
  }
}
