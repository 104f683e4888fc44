package dev.culvert.route;

import dev.culvert.config.Feature;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says which configuration is in force, and what of it an administrator may not expect. */
record ConfigurationLog(String application, DeclaredRoles declared) {

  private static final Logger LOG = System.getLogger("dev.culvert");

  /** The first one is in force. */
  void started(Settings settings, long deployment) {
    LOG.log(
        Level.INFO,
        "CULVERT-G001 gateway started: application={0} deployment={1} routes={2}",
        application,
        Long.toString(deployment),
        settings.routes().keySet());
    if (settings.routes().isEmpty()) {
      LOG.log(
          Level.WARNING,
          "CULVERT-G002 no route is configured: set culvert.upstreams.<name>.url,"
              + " culvert.routes.<route>.path and culvert.routes.<route>.upstreams");
    }
    tellOfHiddenPaths(settings);
    tellOfUnknownUsers(settings);
  }

  /** Another one is in force. */
  void reloaded(Settings settings) {
    LOG.log(
        Level.INFO,
        "CULVERT-G004 configuration reloaded: application={0} routes={1}",
        application,
        settings.routes().keySet());
    Set<String> undeclared = declared.missing(settings);
    if (!undeclared.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "CULVERT-G008 roles that the server may not know before the next deployment: {0}",
          undeclared);
    }
    tellOfHiddenPaths(settings);
    tellOfUnknownUsers(settings);
  }

  /** The former one stays in force. */
  void notReloaded(String fault) {
    LOG.log(Level.WARNING, "CULVERT-G005 configuration not reloaded: {0}", fault);
  }

  /** Nobody shall wonder why a route does not answer at the administrators' paths. */
  private static void tellOfHiddenPaths(Settings settings) {
    Map<String, Set<String>> hidden = new TreeMap<>();
    for (Route route : settings.routes().values()) {
      Administration.PATHS.stream()
          .filter(route.path()::matches)
          .forEach(path -> hidden.computeIfAbsent(route.name(), r -> new TreeSet<>()).add(path));
    }
    if (!hidden.isEmpty()) {
      LOG.log(
          Level.INFO,
          "CULVERT-G009 these routes get requests for these paths that ask for an upgrade, and no"
              + " other ones: {0}",
          hidden);
    }
  }

  /** Without roles nobody is asked who he is: the server may know him, or may not. */
  private static void tellOfUnknownUsers(Settings settings) {
    Set<String> routes =
        settings.routes().values().stream()
            .filter(route -> route.roles().isEmpty() && looksAtUsers(route))
            .map(Route::name)
            .collect(Collectors.toCollection(TreeSet::new));
    if (!routes.isEmpty()) {
      LOG.log(
          Level.INFO,
          "CULVERT-G018 these routes look at the user and have no roles, so that callers whom the"
              + " server does not know by itself have none: {0}",
          routes);
    }
  }

  private static boolean looksAtUsers(Route route) {
    boolean forSessions = route.mode() != Route.Mode.TURNS;
    return Stream.concat(
            route.policy().hash().stream(), forSessions ? route.session().stream() : Stream.empty())
        .anyMatch(feature -> feature.kind() == Feature.Kind.USER);
  }
}
