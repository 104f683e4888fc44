package dev.culvert.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The values being read, and what is wrong with them. Each fault is kept once, also when a default
 * is read for several routes. Used by one thread.
 */
final class Source {

  private final Function<String, Optional<String>> lookup;
  private final Set<Problem> problems = new LinkedHashSet<>();

  /**
   * @param lookup value of a key; may throw {@link BadValueException}
   */
  Source(Function<String, Optional<String>> lookup) {
    this.lookup = lookup;
  }

  /** The value without surrounding white space; empty when the key is not set. */
  Optional<String> value(String key) {
    try {
      return lookup.apply(key).map(String::strip);
    } catch (BadValueException e) {
      problems.add(new Problem(key, "unresolved", e.getMessage()));
      return Optional.empty();
    }
  }

  /** The parsed value; empty when the key is not set or, with a problem noted, of no use. */
  <T> Optional<T> parse(String key, String value, Function<String, T> parser) {
    return parse(key, value, value, parser);
  }

  /** Like the other one, but a problem shows the given text, and not the value. */
  <T> Optional<T> parse(String key, String value, String shown, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(value));
    } catch (BadValueException e) {
      reject(key, shown, e.getMessage());
      return Optional.empty();
    }
  }

  void reject(String key, String value, String complaint) {
    problems.add(new Problem(key, Secrets.shown(key, value), complaint));
  }

  void reject(Problem problem) {
    problems.add(problem);
  }

  void missing(String key, String expected) {
    problems.add(new Problem(key, "missing", "expected: " + expected));
  }

  List<Problem> problems() {
    return new ArrayList<>(problems);
  }
}
