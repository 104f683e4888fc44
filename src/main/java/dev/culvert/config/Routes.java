package dev.culvert.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the route of a request. Routes with the request's host come first, as with virtual hosts;
 * routes for any host count when none of them covers the path. Among either, the longest pattern
 * wins.
 *
 * <p>Immutable.
 */
public final class Routes {

  private static final String ANY_HOST = "";

  private final Map<String, List<Route>> byHost;

  /** Routes of a configuration. */
  public Routes(Settings settings) {
    byHost =
        settings.routes().values().stream()
            .sorted(Comparator.comparing(Route::path))
            .collect(Collectors.groupingBy(route -> route.host().orElse(ANY_HOST)));
  }

  /**
   * Finds the route that takes a request.
   *
   * @param host of the request without its port, in any case, IPv6 with or without brackets; may be
   *     empty
   * @param path decoded, below the context root, beginning with a slash
   * @return empty when no route takes the request
   */
  public Optional<Route> match(String host, String path) {
    return first(normalised(host), path).or(() -> first(ANY_HOST, path));
  }

  private Optional<Route> first(String host, String path) {
    for (Route route : byHost.getOrDefault(host, List.of())) {
      if (route.path().matches(path)) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  /** RFC 1034 3.1: a name may end with the dot of the root. */
  private static String normalised(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.indexOf(':') >= 0 && !name.startsWith("[")) {
      return "[" + name + "]";
    }
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
