package dev.culvert.config;

import java.util.Map;
import java.util.Optional;

/**
 * How a route chooses among the upstreams of the best priority.
 *
 * @param kind the rule
 * @param hash what {@link Kind#HASH} looks at, empty for all others
 */
public record Policy(Kind kind, Optional<Feature> hash) {

  /** At random, by weight. */
  public static final Policy WEIGHTED = new Policy(Kind.WEIGHTED, Optional.empty());

  private static final String HASH = "hash:";

  private static final Map<String, Kind> WORDS =
      Map.of(
          "weighted", Kind.WEIGHTED,
          "round-robin", Kind.ROUND_ROBIN,
          "least-streams", Kind.LEAST_STREAMS,
          "first", Kind.FIRST);

  /** The rule. */
  public enum Kind {
    /** At random, by weight; uniform when all weights are zero. */
    WEIGHTED,
    /** One after the other. */
    ROUND_ROBIN,
    /** The one that carries the fewest streams, turns and exchanges. */
    LEAST_STREAMS,
    /** In the order of the configuration. */
    FIRST,
    /** The one with the highest hash of its name and a property of the request. */
    HASH
  }

  /** A policy as it is configured. */
  static Policy parse(String text) {
    if (WORDS.containsKey(text)) {
      return new Policy(WORDS.get(text), Optional.empty());
    }
    if (text.startsWith(HASH)) {
      Feature feature = hashed(text.substring(HASH.length()));
      return new Policy(Kind.HASH, Optional.of(feature));
    }
    throw unknown();
  }

  private static Feature hashed(String text) {
    try {
      return Feature.parse(text);
    } catch (BadValueException e) {
      throw unknown();
    }
  }

  private static BadValueException unknown() {
    return BadValueException.expected(
        "weighted | round-robin | least-streams | first | hash:header:<Name> | hash:cookie:<Name>"
            + " | hash:client | hash:user");
  }
}
