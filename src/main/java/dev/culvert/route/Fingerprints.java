package dev.culvert.route;

import static java.util.function.Predicate.not;

import dev.culvert.config.ForwardProxy;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.SocketRequest;
import dev.culvert.turn.Digest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Digests of what a socket is opened with. The same headers in another order, or with names in
 * another case, digest alike.
 *
 * @param salt of the host: they are shown, and must not tell whether a credential was guessed right
 */
record Fingerprints(String salt) {

  private static final String AUTHORIZATION = "authorization";

  /** So long that no two of a host's credentials are likely to be alike. */
  private static final int SHOWN = 16;

  /**
   * Of a caller's own credential, as the upstream gets to see it: {@code Authorization}, and where
   * there is none all that the upstream may tell callers by.
   *
   * @param names of headers, lower case, in which it is
   */
  String credential(SocketRequest.Ready socket, Set<String> names) {
    boolean authorized = !socket.headers().values(AUTHORIZATION).isEmpty();
    Set<String> telling = authorized ? Set.of(AUTHORIZATION) : names;
    List<String> parts = salted(socket.headers().without(not(telling::contains)));
    int query = authorized ? -1 : socket.url().indexOf('?');
    parts.add(query < 0 ? "" : socket.url().substring(query));
    return Digest.of(parts).substring(0, SHOWN);
  }

  /** Of all that goes with the upgrade besides its URL: a later turn must not differ in it. */
  String upgrade(
      SocketRequest.Ready socket,
      Upstream upstream,
      Upstream.Address address,
      Optional<ForwardProxy> proxy) {
    List<String> parts = salted(socket.headers());
    upstream
        .tls()
        .filter(tls -> address.secure())
        .ifPresent(tls -> parts.addAll(List.of(tls.fingerprint(), tls.serverNameAt(address))));
    proxy.ifPresent(
        through ->
            parts.addAll(
                List.of("proxy", through.authority(), through.authorization().orElse(""))));
    return Digest.of(parts);
  }

  private List<String> salted(Headers headers) {
    List<String> parts = new ArrayList<>(List.of(salt));
    parts.addAll(texts(headers));
    return parts;
  }

  /** Names and values; fields of one name keep their order. */
  static List<String> texts(Headers headers) {
    List<String> texts = new ArrayList<>();
    headers.fields().stream()
        .sorted(Comparator.comparing(field -> lower(field.name())))
        .forEach(field -> texts.addAll(List.of(lower(field.name()), field.value())));
    return texts;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
