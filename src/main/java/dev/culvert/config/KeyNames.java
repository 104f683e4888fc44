package dev.culvert.config;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the keys that are set: makes keys of the names that configuration sources list, and notes a
 * problem for each name that is none. An empty value counts as none, as everywhere in MicroProfile
 * Config.
 *
 * <p>An environment variable that belongs to a key already found adds nothing. Any other is matched
 * with every kind of key, and the match that leaves the shortest name counts, unless another leaves
 * a name that dotted keys use. A name that only variables use is in lower case, its underscores
 * made hyphens.
 *
 * <p>Only variables of routes, upstreams and defaults must be known: others may be somebody else's
 * ({@code CULVERT_HOME}), and are reported only when close to a key.
 */
final class KeyNames {

  private static final List<String> OWN_VARIABLES =
      List.of("CULVERT_ROUTES_", "CULVERT_UPSTREAMS_", "CULVERT_DEFAULTS_", "CULVERT_ACCOUNTS_");

  private final Source source;
  private final Set<String> variables;
  private final Set<String> found = new TreeSet<>();

  private KeyNames(Source source, Set<String> variables) {
    this.source = source;
    this.variables = new TreeSet<>(variables);
  }

  static Keys resolve(Iterable<String> names, Source source) {
    ListedNames listed = ListedNames.of(names);
    KeyNames keyNames = new KeyNames(source, listed.variables());
    listed.keys().forEach(keyNames::takeKey);
    keyNames.takeVariables();
    return new Keys(keyNames.found);
  }

  private void takeVariables() {
    found.forEach(key -> variables.remove(KeyTemplate.variableOf(key)));
    takeVariables(KeyCatalogue.ROUTES, namesBelow(KeyCatalogue.ROUTES));
    takeVariables(KeyCatalogue.UPSTREAMS, upstreamNames());
    takeVariables(KeyCatalogue.ACCOUNTS, accountNames());
    takeVariables("culvert.", Set.of());
    variables.forEach(this::rejectVariable);
  }

  private void takeKey(String key) {
    if (KeyCatalogue.find(key).isPresent()) {
      take(key);
      return;
    }
    Optional<Suggestions.Suggestion> meant = Suggestions.forKey(key);
    source.reject(new Problem(key, shown(meant, source.value(key)), unknown(meant, "unknown key")));
  }

  private void take(String key) {
    source.value(key).ifPresent(value -> found.add(key));
  }

  /** Turns variables into keys that begin with the prefix. */
  private void takeVariables(String prefix, Set<String> knownNames) {
    Map<String, String> known = new HashMap<>();
    knownNames.forEach(name -> known.put(KeyTemplate.variableOf(name), name));
    Comparator<KeyTemplate.Parts> best =
        Comparator.comparing((KeyTemplate.Parts parts) -> !known.containsKey(parts.name()))
            .thenComparing(parts -> parts.name().length());
    for (String variable : List.copyOf(variables)) {
      KeyCatalogue.TEMPLATES.stream()
          .filter(template -> template.isBelow(prefix))
          .flatMap(template -> template.parse(variable).stream())
          .min(best)
          .ifPresent(
              parts -> {
                String name = known.getOrDefault(parts.name(), kebabCase(parts.name()));
                take(parts.template().with(name, parts.header().replace('_', '-')));
                variables.remove(variable);
              });
    }
  }

  /** Names with a dotted key, and names that routes mention. */
  private Set<String> upstreamNames() {
    return mentioned(KeyCatalogue.UPSTREAMS, KeyCatalogue.ROUTES, ".upstreams");
  }

  /** Names with a dotted key, and names that upstreams mention. */
  private Set<String> accountNames() {
    return mentioned(KeyCatalogue.ACCOUNTS, KeyCatalogue.UPSTREAMS, ".accounts");
  }

  private Set<String> mentioned(String prefix, String by, String list) {
    Set<String> names = namesBelow(prefix);
    for (String name : namesBelow(by)) {
      source.value(by + name + list).map(CommaList::split).ifPresent(names::addAll);
    }
    return names;
  }

  private void rejectVariable(String variable) {
    Optional<Suggestions.Suggestion> meant =
        Suggestions.forVariable(
            variable, namesBelow(KeyCatalogue.ROUTES), namesBelow(KeyCatalogue.UPSTREAMS));
    if (meant.isPresent() || OWN_VARIABLES.stream().anyMatch(variable::startsWith)) {
      source.reject(
          new Problem(
              variable,
              shown(meant, source.value(variable)),
              unknown(meant, "unknown environment variable")));
    }
  }

  private Set<String> namesBelow(String prefix) {
    return new HashSet<>(new Keys(found).namesBelow(prefix));
  }

  private static String kebabCase(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String shown(Optional<Suggestions.Suggestion> meant, Optional<String> value) {
    boolean secret = meant.map(Suggestions.Suggestion::secret).orElse(true);
    return Secrets.shown(secret, value.orElse(""));
  }

  private static String unknown(Optional<Suggestions.Suggestion> meant, String complaint) {
    return meant.map(m -> complaint + "; did you mean " + m.text() + "?").orElse(complaint);
  }
}
