package dev.culvert.provider;

import dev.culvert.config.Policy;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** Chooses among providers of one priority by the policy of a route. Any thread. */
final class RouteSelector {

  private final RandomGenerator random;

  /** When each provider had its last turn, in turns; guarded by this. */
  private final Map<String, Long> turns = new HashMap<>();

  /** Guarded by this. */
  private long turn;

  RouteSelector(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Chooses.
   *
   * @param tier at least one, in the order of the route
   * @param hashed the property that the policy looks at; where the request lacks it, the choice is
   *     random
   */
  Provider choose(Policy policy, Optional<String> hashed, List<Provider> tier) {
    if (tier.size() == 1) {
      return tier.get(0);
    }
    return switch (policy.kind()) {
      case WEIGHTED -> weighted(tier);
      case ROUND_ROBIN -> next(tier);
      case LEAST_STREAMS -> leastStreams(tier);
      case FIRST -> tier.get(0);
      case HASH -> hashed.map(value -> highest(tier, value)).orElseGet(() -> weighted(tier));
    };
  }

  private Provider weighted(List<Provider> tier) {
    ToDoubleFunction<Provider> weight = weights(tier);
    double point = random.nextDouble() * tier.stream().mapToDouble(weight).sum();
    Provider last = tier.get(0);
    for (Provider provider : tier) {
      double share = weight.applyAsDouble(provider);
      if (share > 0) {
        last = provider;
        point -= share;
        if (point < 0) {
          break;
        }
      }
    }
    return last;
  }

  /** Where all are zero, all are one. */
  private static ToDoubleFunction<Provider> weights(List<Provider> tier) {
    boolean uniform = tier.stream().allMatch(provider -> provider.upstream().weight() == 0);
    return provider -> uniform ? 1 : provider.upstream().weight();
  }

  /** The one whose turn was longest ago: those that come and go get no more than their share. */
  private synchronized Provider next(List<Provider> tier) {
    Provider next =
        tier.stream()
            .min(Comparator.comparingLong(provider -> turns.getOrDefault(provider.name(), 0L)))
            .orElseThrow();
    turns.put(next.name(), ++turn);
    return next;
  }

  private Provider leastStreams(List<Provider> tier) {
    Map<Provider, Integer> streams = new HashMap<>();
    tier.forEach(provider -> streams.put(provider, provider.streams()));
    int least = streams.values().stream().mapToInt(Integer::intValue).min().orElseThrow();
    return weighted(tier.stream().filter(provider -> streams.get(provider) == least).toList());
  }

  /**
   * Weighted rendezvous hashing (Thaler, Ravishankar, "Using name-based mappings to increase hit
   * rates", 1998; weights by -w / ln h): one provider more or less moves its own share only.
   */
  private static Provider highest(List<Provider> tier, String value) {
    ToDoubleFunction<Provider> weight = weights(tier);
    return tier.stream()
        .max(
            Comparator.comparingDouble(
                provider ->
                    -weight.applyAsDouble(provider) / Math.log(unit(value, provider.name()))))
        .orElseThrow();
  }

  /** A number above 0 and below 1 that is the same for the same texts, in every JVM. */
  private static double unit(String value, String name) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    String text = value + '\n' + name;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL; // spreads it over all bits
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    hash ^= hash >>> 33;
    return ((hash >>> 11) + 0.5) * 0x1.0p-53;
  }
}
