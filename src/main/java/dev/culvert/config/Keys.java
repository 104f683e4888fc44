package dev.culvert.config;

import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The keys that are set and that this version reads, in dotted form. */
final class Keys {

  private final NavigableSet<String> keys;

  Keys(Collection<String> keys) {
    this.keys = new TreeSet<>(keys);
  }

  /** Names that occur after the prefix, up to the next dot. */
  Set<String> namesBelow(String prefix) {
    return below(prefix).stream()
        .map(key -> key.substring(prefix.length()))
        .map(rest -> rest.substring(0, rest.indexOf('.')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  List<String> below(String prefix) {
    return keys.tailSet(prefix).stream().takeWhile(key -> key.startsWith(prefix)).toList();
  }
}
