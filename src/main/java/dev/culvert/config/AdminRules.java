package dev.culvert.config;

import java.util.Set;
import java.util.TreeSet;

/**
 * Who may look after a deployment over HTTP.
 *
 * @param managers roles that may see all there is and change it
 * @param readers roles that may see it
 */
public record AdminRules(Set<String> managers, Set<String> readers) {

  /** What holds unless said otherwise. */
  public static final AdminRules DEFAULTS =
      new AdminRules(Set.of("culvert-admin"), Set.of("culvert-reader"));

  /** Copies the collections. */
  public AdminRules {
    managers = Set.copyOf(managers);
    readers = Set.copyOf(readers);
  }

  /** Roles that may see it, those included that may change it. */
  public Set<String> all() {
    Set<String> all = new TreeSet<>(managers);
    all.addAll(readers);
    return all;
  }
}
