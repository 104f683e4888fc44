package dev.culvert.handshake;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A request as the client sent it.
 *
 * @param method case-sensitive
 * @param path below the context root, still percent-encoded, beginning with a slash; empty for the
 *     context root itself
 * @param query still percent-encoded, without the question mark; empty when there is no question
 *     mark
 * @param protocol such as {@code HTTP/1.1}
 * @param scheme of the connection: {@code http} or {@code https}; {@code ws} and {@code wss} count
 *     as these
 * @param headers all fields, in order, {@code Host} among them
 * @param peer the other end of the connection
 * @param hasBody whether the server knows of a body, however it is framed
 */
public record ClientRequest(
    String method,
    String path,
    Optional<String> query,
    String protocol,
    String scheme,
    Headers headers,
    InetAddress peer,
    boolean hasBody) {

  /** The authority of the one valid {@code Host} field (RFC 9112 section 3.2). */
  Optional<Authority> host() {
    return headers.single("Host").flatMap(Authority::parse);
  }

  /** The request as it is without one kind of field. */
  public ClientRequest withoutHeader(String name) {
    return without(Ascii.lower(name)::equals);
  }

  /** The request as it is without fields whose names, in lower case, the predicate takes. */
  ClientRequest without(Predicate<String> names) {
    return new ClientRequest(
        method, path, query, protocol, scheme, headers.without(names), peer, hasBody);
  }

  /** The request as it is, when more is known of its body. */
  public ClientRequest withBody(boolean known) {
    return new ClientRequest(method, path, query, protocol, scheme, headers, peer, known);
  }

  /** Method and path only: the query may hold credentials. */
  @Override
  public String toString() {
    return Detail.text(method + " " + path);
  }
}
