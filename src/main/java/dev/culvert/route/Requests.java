package dev.culvert.route;

import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.IpAddresses;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads the server's request. */
final class Requests {

  private Requests() {}

  static ClientRequest of(HttpServletRequest request) {
    return new ClientRequest(
        request.getMethod(),
        rawPath(request),
        Optional.ofNullable(request.getQueryString()),
        request.getProtocol(),
        request.getScheme(),
        headers(request),
        IpAddresses.parse(request.getRemoteAddr()).orElseGet(InetAddress::getLoopbackAddress),
        request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null);
  }

  /** The decoded path below the context root, as the server itself matches it. */
  static String path(HttpServletRequest request) {
    String below = request.getPathInfo();
    return request.getServletPath() + (below == null ? "" : below);
  }

  /**
   * The path below the context root as it was sent. The context path may have been sent encoded, so
   * that its segments are counted and not compared.
   */
  private static String rawPath(HttpServletRequest request) {
    String uri = request.getRequestURI();
    String contextPath = request.getContextPath();
    if (uri.startsWith(contextPath)) {
      return uri.substring(contextPath.length());
    }
    long segments = contextPath.chars().filter(c -> c == '/').count();
    int at = 0;
    for (long i = 0; i <= segments && at >= 0; i++) {
      at = uri.indexOf('/', i == 0 ? 0 : at + 1);
    }
    return at < 0 ? "" : uri.substring(at);
  }

  private static Headers headers(HttpServletRequest request) {
    List<String> pairs = new ArrayList<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      for (String value : Collections.list(request.getHeaders(name))) {
        pairs.add(name);
        pairs.add(value);
      }
    }
    return Headers.ofPairs(pairs);
  }
}
