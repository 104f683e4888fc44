package dev.culvert.route;

import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.SocketRequest;
import dev.culvert.turn.Digest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Digests of what a socket is opened with. The same headers in another order, or with names in
 * another case, digest alike.
 */
final class Fingerprints {

  private Fingerprints() {}

  /** Of all that goes with the upgrade besides its URL: a later turn must not differ in it. */
  static String upgrade(SocketRequest.Ready socket, Upstream upstream, Upstream.Address address) {
    List<String> parts = texts(socket.headers());
    upstream
        .tls()
        .filter(tls -> address.secure())
        .ifPresent(tls -> parts.addAll(List.of(tls.fingerprint(), tls.serverNameAt(address))));
    return Digest.of(parts);
  }

  /** Names and values; fields of one name keep their order. */
  private static List<String> texts(Headers headers) {
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
