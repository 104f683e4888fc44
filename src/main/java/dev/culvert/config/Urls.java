package dev.culvert.config;

import dev.culvert.config.Upstream.Address;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses of upstreams, and origins of browsers. */
final class Urls {

  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", Pattern.DOTALL);

  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[^\\[\\]]*\\]|[^:\\[\\]]*)(?::(\\d{1,5}))?");

  private static final Set<String> SCHEMES = Set.of("ws", "wss", "http", "https");

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int LARGEST_PORT = 65535;

  /** Ports that browsers leave out of an origin. */
  private static final Map<String, Integer> DEFAULT_PORTS =
      Map.of("http", HTTP_PORT, "https", HTTPS_PORT);

  private Urls() {}

  /** {@code scheme://host[:port][/path]}; the path without a slash at its end. */
  static Address address(String text) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      throw BadValueException.expected("a URL such as ws://host:8080/path");
    }
    String scheme = url.group(1).toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme)) {
      throw BadValueException.expected("a URL that begins with ws://, wss://, http:// or https://");
    }
    if (url.group(2).contains("@")) {
      throw BadValueException.expected("a URL without user name and password");
    }
    Endpoint endpoint = endpoint(url.group(2));
    String path = Paths.prefix(url.group(3));
    boolean secure = scheme.equals("wss") || scheme.equals("https");
    int port = endpoint.port() == 0 ? (secure ? HTTPS_PORT : HTTP_PORT) : endpoint.port();
    return new Address(scheme, endpoint.host(), port, path);
  }

  /**
   * {@code scheme://host[:port]} in lower case, without a port that is the scheme's own (RFC 6454
   * 6.1); {@code *} and {@code null} stay as they are.
   */
  static String origin(String text) {
    String origin = text.toLowerCase(Locale.ROOT);
    if (origin.equals("*") || origin.equals("null")) {
      return origin;
    }
    Matcher url = URL.matcher(origin);
    if (!url.matches() || !url.group(3).isEmpty()) {
      throw BadValueException.expected("scheme://host[:port] without a path, or *, or null");
    }
    String scheme = url.group(1);
    Endpoint endpoint = endpoint(url.group(2));
    boolean implied =
        endpoint.port() == 0 || endpoint.port() == DEFAULT_PORTS.getOrDefault(scheme, -1);
    return scheme + "://" + endpoint.host() + (implied ? "" : ":" + endpoint.port());
  }

  /**
   * {@code scheme://[user:password@]host[:port][/path]}.
   *
   * @param ports by scheme, for URLs without one; these schemes and no other are good
   * @param example for the complaint
   */
  static ServerUrl server(String text, Map<String, Integer> ports, String example) {
    Matcher url = URL.matcher(text);
    if (!url.matches() || !ports.containsKey(url.group(1).toLowerCase(Locale.ROOT))) {
      throw BadValueException.expected("a URL such as " + example);
    }
    String scheme = url.group(1).toLowerCase(Locale.ROOT);
    String authority = url.group(2);
    int at = authority.lastIndexOf('@');
    Endpoint endpoint = endpoint(authority.substring(at + 1));
    return new ServerUrl(
        scheme,
        ServerUrl.login(authority.substring(0, Math.max(0, at))),
        endpoint.host(),
        endpoint.port() == 0 ? ports.get(scheme) : endpoint.port(),
        url.group(3).isEmpty() ? "" : url.group(3).substring(1));
  }

  private static Endpoint endpoint(String authority) {
    Matcher matcher = AUTHORITY.matcher(authority);
    if (!matcher.matches()) {
      throw BadValueException.expected("host or host:port after ://, an IPv6 host in brackets");
    }
    String host = Hosts.parse(matcher.group(1));
    if (matcher.group(2) == null) {
      return new Endpoint(host, 0);
    }
    int port = Integer.parseInt(matcher.group(2));
    if (port < 1 || port > LARGEST_PORT) {
      throw BadValueException.expected("a port from 1 to " + LARGEST_PORT);
    }
    return new Endpoint(host, port);
  }

  /** Host and port; 0 when the port is left out. */
  private record Endpoint(String host, int port) {}
}
