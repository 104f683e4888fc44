package dev.culvert.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which key an unknown one was meant to be. */
final class Suggestions {

  private static final Pattern SCOPE =
      Pattern.compile("(culvert\\.(?:(?:routes|upstreams)\\.[^.]+|defaults)\\.).+");

  private Suggestions() {}

  /**
   * @param text how a message names what was meant
   * @param secret whether its value is a secret
   */
  record Suggestion(String text, boolean secret) {}

  /** What a dotted key was meant to be; named without the part that both have in common. */
  static Optional<Suggestion> forKey(String key) {
    Matcher matcher = SCOPE.matcher(key);
    String scope = matcher.matches() ? matcher.group(1) : "";
    String tail = key.substring(scope.length());
    Map<String, KeyTemplate> candidates = new TreeMap<>();
    KeyCatalogue.TEMPLATES.forEach(template -> candidates.put(template.shapedLike(key), template));
    return NearMiss.of(key, candidates.keySet(), NearMiss.tolerance(tail))
        .or(() -> outerPartForgotten(scope, tail, candidates.keySet()))
        .map(
            meant ->
                new Suggestion(
                    meant.startsWith(scope) ? meant.substring(scope.length()) : meant,
                    candidates.get(meant).isSecret()));
  }

  /** What an environment variable was meant to be, given the names of routes and upstreams. */
  static Optional<Suggestion> forVariable(
      String variable, Set<String> routes, Set<String> upstreams) {
    Map<String, KeyTemplate> candidates = new TreeMap<>();
    for (KeyTemplate template : KeyCatalogue.TEMPLATES) {
      if (!template.hasHeader()) {
        List<String> names = new ArrayList<>();
        if (!template.isNamed()) {
          names.add("");
        } else {
          names.addAll(template.isBelow(KeyCatalogue.ROUTES) ? routes : upstreams);
        }
        names.forEach(
            name -> candidates.put(KeyTemplate.variableOf(template.with(name, "")), template));
      }
    }
    return NearMiss.of(variable, candidates.keySet(), 2)
        .map(meant -> new Suggestion(meant, candidates.get(meant).isSecret()));
  }

  private static Optional<String> outerPartForgotten(
      String scope, String tail, Set<String> candidates) {
    return candidates.stream()
        .filter(candidate -> candidate.startsWith(scope) && candidate.endsWith("." + tail))
        .findFirst();
  }
}
