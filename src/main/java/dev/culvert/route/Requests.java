package dev.culvert.route;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.IpAddresses;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the server's request. */
final class Requests {

  private static final List<String> LENGTHS = List.of("Transfer-Encoding", "Content-Length");

  private static final Pattern SLASHES = Pattern.compile("/{2,}");

  private static final Pattern MORE_SLASHES = Pattern.compile("\\\\|%(?:2f|5c)", CASE_INSENSITIVE);

  /** No peer has this address (RFC 1122 section 3.2.1.3). */
  private static final InetAddress UNKNOWN = IpAddresses.parse("0.0.0.0").orElseThrow();

  private Requests() {}

  static ClientRequest of(HttpServletRequest request) {
    return new ClientRequest(
        request.getMethod(),
        rawPath(request),
        Optional.ofNullable(request.getQueryString()),
        request.getProtocol(),
        request.getScheme(),
        headers(request),
        peer(request),
        request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null);
  }

  /** The fields that say how long the body is. */
  static Headers lengths(HttpServletRequest request) {
    List<String> pairs = new ArrayList<>();
    for (String name : LENGTHS) {
      Collections.list(request.getHeaders(name))
          .forEach(value -> pairs.addAll(List.of(name, value)));
    }
    return Headers.ofPairs(pairs);
  }

  /**
   * The decoded path below the context root, as the server itself matches it. The server takes
   * empty segments out before path parameters, so that {@code /;/admin} comes as {@code //admin};
   * an upstream may take them out in the other order and see {@code /admin}. So the route is chosen
   * without any.
   */
  static String path(HttpServletRequest request) {
    String below = request.getPathInfo();
    String path = request.getServletPath() + (below == null ? "" : below);
    return path.contains("//") ? SLASHES.matcher(path).replaceAll("/") : path;
  }

  /**
   * A path as upstreams read it that take encoded slashes, and backslashes, for slashes. Some
   * servers do, some do not, and some refuse them.
   *
   * @param path of {@link #path}
   */
  static String withMoreSlashes(String path) {
    if (path.indexOf('\\') < 0 && path.indexOf('%') < 0) {
      return path;
    }
    String slashed = MORE_SLASHES.matcher(path).replaceAll("/");
    return SLASHES.matcher(slashed).replaceAll("/");
  }

  /** The path below the context root as it was sent. */
  static String rawPath(HttpServletRequest request) {
    return contextPath(request).below();
  }

  /** Whether the server and {@link #rawPath} agree on where the path begins. */
  static boolean isBelowContextPath(HttpServletRequest request) {
    return contextPath(request).is(request.getContextPath());
  }

  private static ContextPath contextPath(HttpServletRequest request) {
    return ContextPath.in(request.getRequestURI(), request.getContextPath());
  }

  /**
   * The other end of the connection. One that has no address, because it is gone or no IP
   * connection, must not count as one that somebody may trust.
   */
  private static InetAddress peer(HttpServletRequest request) {
    return Optional.ofNullable(request.getRemoteAddr()).flatMap(IpAddresses::parse).orElse(UNKNOWN);
  }

  /**
   * Without what is only half there: over HTTP/2 Grizzly may add the trailers of a short body to
   * these fields while they are read. Cookies may come in several fields there, for the sake of
   * compression; to all others they are one (RFC 9113 section 8.2.3).
   */
  private static Headers headers(HttpServletRequest request) {
    List<String> pairs = new ArrayList<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      List<String> values = name == null ? List.of() : Collections.list(request.getHeaders(name));
      for (String value : values) {
        if (value != null) {
          pairs.add(name);
          pairs.add(value);
        }
      }
    }
    Headers headers = Headers.ofPairs(pairs);
    return request.getProtocol().startsWith("HTTP/2") ? headers.joined("Cookie", "; ") : headers;
  }
}
