package dev.culvert.handshake;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The request target for an upstream (RFC 9112 section 3.2.1). Nothing is decoded on the way:
 * {@code %2F} and {@code %0D%0A} arrive as the client sent them.
 */
final class Target {

  private static final Pattern VARIABLE = Pattern.compile("\\{(path|query)}");
  private static final Pattern QUERY_AT_END = Pattern.compile("[?&]\\{query}$");

  // "." or ".." between real or encoded slashes, with or without path parameters
  private static final Pattern DOT_SEGMENT =
      Pattern.compile("(?:^|/|%2f|\\\\|%5c)(?:\\.|%2e){1,2}(?:$|/|%2f|\\\\|%5c|;|%3b)");

  private Target() {}

  /**
   * Why the client's target must not be sent on; the query may hold credentials and is not shown.
   */
  static Optional<String> fault(ClientRequest request) {
    String path = request.path();
    if (!path.isEmpty() && !path.startsWith("/")) {
      return Optional.of(Detail.of("path", path, "a slash in front"));
    }
    boolean mayHaveDots = path.indexOf('.') >= 0 || path.indexOf('%') >= 0;
    if (mayHaveDots && DOT_SEGMENT.matcher(path.toLowerCase(Locale.ROOT)).find()) {
      return Optional.of(Detail.of("path", path, "no . or .. segments"));
    }
    return FieldSyntax.firstOutside(path, c -> isTargetCharacter(c) && c != '?')
        .map(found -> Detail.of("path", found, "printable ASCII without # and ?"))
        .or(
            () ->
                FieldSyntax.firstOutside(request.query().orElse(""), Target::isTargetCharacter)
                    .map(found -> Detail.of("query", found, "printable ASCII without #")));
  }

  /**
   * Fills the template; without one the path and query stay as they are. Where the request has no
   * query, a {@code {query}} at the end of the template goes away with the separator before it.
   *
   * @param prefix path of the upstream's address, empty or beginning with a slash
   */
  static String of(ClientRequest request, Optional<String> rewrite, String prefix) {
    String below = rewrite.map(template -> filled(template, request)).orElseGet(() -> own(request));
    boolean bare = below.isEmpty() || below.startsWith("?");
    if (bare) {
      return (prefix.isEmpty() ? "/" : prefix) + below;
    }
    return below.startsWith("/") ? prefix + below : prefix + "/" + below;
  }

  private static String own(ClientRequest request) {
    return request.path() + request.query().map(query -> "?" + query).orElse("");
  }

  // In one pass: braces that the client sent are not variables.
  private static String filled(String template, ClientRequest request) {
    String used =
        request.query().isPresent() ? template : QUERY_AT_END.matcher(template).replaceFirst("");
    return VARIABLE
        .matcher(used)
        .replaceAll(
            variable ->
                Matcher.quoteReplacement(
                    variable.group(1).equals("path")
                        ? request.path()
                        : request.query().orElse("")));
  }

  static boolean isTargetCharacter(int c) {
    return c > 0x20 && c < 0x7f && c != '#';
  }
}
