package dev.culvert.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes to the headers of a message, carried out in the order remove, set, add.
 *
 * @param set name to value; replaces every field of that name
 * @param add name to values
 * @param remove names, lower case
 */
public record HeaderRules(
    Map<String, String> set, Map<String, List<String>> add, Set<String> remove) {

  /** Changes nothing. */
  public static final HeaderRules NONE = new HeaderRules(Map.of(), Map.of(), Set.of());

  /** Copies the collections; the maps keep their order. */
  public HeaderRules {
    set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    add = Collections.unmodifiableMap(new LinkedHashMap<>(add));
    remove = Set.copyOf(remove);
  }

  /** {@linkplain HeaderNames#folded Folded} names of the fields that do not stay as they came. */
  public Set<String> replaced() {
    Set<String> names = HeaderNames.folded(remove);
    names.addAll(HeaderNames.folded(set.keySet()));
    return names;
  }
}
