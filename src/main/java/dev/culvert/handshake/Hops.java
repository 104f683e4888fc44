package dev.culvert.handshake;

import java.util.List;
import java.util.Optional;

/**
 * What a peer says of the way that a request took before. The fields {@code X-Forwarded-*} count,
 * and where there is none of them {@code Forwarded} (RFC 7239): a proxy that sets the ones may pass
 * the other on as the client wrote it.
 *
 * @param addresses one for each hop, the client's first; IP addresses and anything else
 * @param scheme that the nearest hop was asked by
 * @param host that the nearest hop was asked for
 */
record Hops(List<String> addresses, Optional<String> scheme, Optional<String> host) {

  private static final Hops NONE = new Hops(List.of(), Optional.empty(), Optional.empty());
  private static final String UNKNOWN = "unknown";

  static Hops of(Headers headers) {
    Hops said =
        new Hops(
            headers.tokens("X-Forwarded-For"),
            last(headers.tokens("X-Forwarded-Proto")),
            last(headers.tokens("X-Forwarded-Host")));
    return said.equals(NONE) ? ofForwarded(headers) : said;
  }

  private static Hops ofForwarded(Headers headers) {
    List<String> elements =
        headers.values("Forwarded").stream()
            .flatMap(value -> FieldList.splitQuoted(value).stream())
            .toList();
    Optional<String> nearest = last(elements);
    return new Hops(
        elements.stream().map(element -> parameter(element, "for").orElse(UNKNOWN)).toList(),
        nearest.flatMap(element -> parameter(element, "proto")),
        nearest.flatMap(element -> parameter(element, "host")));
  }

  private static Optional<String> parameter(String element, String name) {
    for (String pair : FieldList.splitQuoted(element, ';')) {
      int equals = pair.indexOf('=');
      if (equals > 0 && Ascii.equalIgnoringCase(pair.substring(0, equals), name)) {
        return Optional.of(unquoted(pair.substring(equals + 1)));
      }
    }
    return Optional.empty();
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
  }

  private static Optional<String> last(List<String> elements) {
    return elements.isEmpty() ? Optional.empty() : Optional.of(elements.get(elements.size() - 1));
  }
}
