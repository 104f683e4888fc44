package dev.culvert.route;

import dev.culvert.handshake.Headers;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.MappingMatch;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a server answers about requests of clients of this machine. */
final class ServedRequests {

  private static final HttpServletMapping DEFAULT =
      Stub.of(
          HttpServletMapping.class, Map.of("getMappingMatch", arguments -> MappingMatch.DEFAULT));

  private ServedRequests() {}

  /** By method of the request; more can be added. */
  static Map<String, Function<Object[], Object>> of(String method, String path, Headers headers) {
    Map<String, Function<Object[], Object>> http = new HashMap<>();
    http.put("getServerName", arguments -> "here");
    http.put("getServletPath", arguments -> path);
    http.put("getRequestURI", arguments -> path);
    http.put("getContextPath", arguments -> "");
    http.put("getMethod", arguments -> method);
    http.put("getProtocol", arguments -> "HTTP/1.1");
    http.put("getScheme", arguments -> "http");
    http.put("getRemoteAddr", arguments -> "127.0.0.1");
    http.put("getHeaderNames", arguments -> Collections.enumeration(names(headers)));
    http.put(
        "getHeaders", arguments -> Collections.enumeration(headers.values((String) arguments[0])));
    http.put(
        "getHeader",
        arguments -> headers.values((String) arguments[0]).stream().findFirst().orElse(null));
    http.put("getHttpServletMapping", arguments -> DEFAULT);
    return http;
  }

  private static List<String> names(Headers headers) {
    return headers.fields().stream().map(Headers.Field::name).distinct().toList();
  }
}
