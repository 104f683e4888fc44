package dev.culvert.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads the rules for the headers of one direction. */
final class HeaderRulesReader {

  private final Source source;
  private final Keys keys;
  private final List<String> prefixes;

  /**
   * @param prefixes of the keys, such as {@code culvert.defaults.headers.request.}; an earlier one
   *     overrides the later ones header by header
   */
  HeaderRulesReader(Source source, Keys keys, List<String> prefixes) {
    this.source = source;
    this.keys = keys;
    this.prefixes = prefixes;
  }

  HeaderRules read() {
    Map<String, String> set = new LinkedHashMap<>();
    headers("set.")
        .forEach(
            (name, key) ->
                atKey(key).find("", HeaderSyntax::value).ifPresent(value -> set.put(name, value)));
    Map<String, List<String>> add = new LinkedHashMap<>();
    headers("add.")
        .forEach(
            (name, key) ->
                atKey(key)
                    .list("", HeaderSyntax::value)
                    .ifPresent(values -> add.put(name, values)));
    return new HeaderRules(set, add, removed());
  }

  private Section atKey(String key) {
    return new Section(source, key);
  }

  private Set<String> removed() {
    List<String> names =
        new Section(source, prefixes).list("remove", HeaderSyntax::name).orElse(List.of());
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  /** Name of each header, and the key that counts for it; names differ in more than case. */
  Map<String, String> headers(String rule) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String prefix : prefixes) {
      Set<String> seen = new HashSet<>();
      for (String key : keys.below(prefix + rule)) {
        String name = key.substring(prefix.length() + rule.length());
        if (!seen.add(name.toLowerCase(Locale.ROOT))) {
          source.reject(key, "", "expected: one key for each header, whatever the case");
        }
        source
            .parse(key, name, HeaderSyntax::name)
            .ifPresent(good -> headers.putIfAbsent(good, key));
      }
    }
    return headers;
  }
}
