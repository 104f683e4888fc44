package dev.culvert.route;

import dev.culvert.access.Access;
import dev.culvert.config.Settings;
import java.util.Set;
import java.util.TreeSet;

/**
 * Roles that the configuration names at a deployment, to be declared for {@code isUserInRole}.
 * Payara takes none afterwards; an undeclared one is nobody's there.
 */
record DeclaredRoles(Set<String> names) {

  static DeclaredRoles of(Settings settings) {
    return new DeclaredRoles(Set.copyOf(named(settings)));
  }

  private static Set<String> named(Settings settings) {
    Set<String> roles = new TreeSet<>(settings.admin().all());
    settings.routes().values().forEach(route -> roles.addAll(route.roles()));
    settings.upstreams().values().forEach(upstream -> roles.addAll(upstream.groups()));
    roles.remove(Access.ANY_USER);
    return roles;
  }

  /** Those that a later configuration names as well. */
  Set<String> missing(Settings later) {
    Set<String> missing = named(later);
    missing.removeAll(names);
    return missing;
  }
}
