package dev.culvert.config;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names that configuration sources list, as far as they can be ours.
 *
 * <p>Sources list environment variables as they are. Some implementations of MicroProfile Config
 * list a guess of the key besides: {@code culvert.routes.chat.stream.idle.timeout} for {@code
 * CULVERT_ROUTES_CHAT_STREAM_IDLE_TIMEOUT}. Guesses are left out here.
 *
 * @param keys that begin with {@code culvert.}
 * @param variables that begin with {@code CULVERT_}
 */
record ListedNames(Set<String> keys, Set<String> variables) {

  private static final Pattern VARIABLE = Pattern.compile("CULVERT_[A-Z0-9_]+");

  static ListedNames of(Iterable<String> names) {
    Set<String> keys = new TreeSet<>();
    Set<String> variables = new TreeSet<>();
    Set<String> guesses = new HashSet<>();
    for (String name : names) {
      String capitals = name.toUpperCase(Locale.ROOT);
      if (name.startsWith("culvert.")) {
        keys.add(name);
      } else if (VARIABLE.matcher(capitals).matches()) {
        guesses.add(name.toLowerCase(Locale.ROOT).replace('_', '.'));
        if (name.equals(capitals)) {
          variables.add(name);
        }
      }
    }
    return new ListedNames(
        keys.stream()
            .filter(key -> !guesses.contains(key) && !isOddGuess(key, variables))
            .collect(Collectors.toCollection(TreeSet::new)),
        variables);
  }

  /** Two underscores, for example, are guessed to be a quotation mark. */
  private static boolean isOddGuess(String key, Set<String> variables) {
    return KeyCatalogue.find(key).isEmpty() && variables.contains(KeyTemplate.variableOf(key));
  }
}
