package dev.culvert.route;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The context path as a client has sent it: perhaps encoded, with path parameters and with empty
 * segments, which the server does not count.
 *
 * @param sent the beginning of the request's URI
 * @param below the rest of its path, as it was sent
 */
record ContextPath(String sent, String below) {

  /**
   * With the segments before it that are empty but for path parameters. Nothing is tried twice, as
   * a client may send thousands of them.
   */
  private static final Pattern SEGMENT = Pattern.compile("(?:/+;[^/]*+)*+/+[^/;][^/]*+");

  /**
   * Finds it by the number of its segments.
   *
   * @param uri path of the request, as it was sent
   * @param contextPath of the application
   */
  static ContextPath in(String uri, String contextPath) {
    if (uri.startsWith(contextPath)) {
      return at(contextPath.length(), uri);
    }
    long segments = contextPath.chars().filter(c -> c == '/').count();
    Matcher matcher = SEGMENT.matcher(uri);
    int end = 0;
    for (long i = 0; i < segments && matcher.find(); i++) {
      end = matcher.end();
    }
    return at(end, uri);
  }

  private static ContextPath at(int end, String uri) {
    return new ContextPath(uri.substring(0, end), uri.substring(end));
  }

  /**
   * Whether nothing else stands there: an encoded slash or a dot segment would belong to the path
   * by which the server has chosen, and not to the one that an upstream gets to see.
   */
  boolean is(String contextPath) {
    return sent.equals(contextPath) || names(sent).equals(names(contextPath));
  }

  private static List<String> names(String path) {
    return Arrays.stream(path.split("/"))
        .map(segment -> segment.split(";", 2)[0])
        .filter(name -> !name.isEmpty())
        .map(ContextPath::decoded)
        .toList();
  }

  private static String decoded(String name) {
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return name; // as it is, no encoding
    }
  }
}
