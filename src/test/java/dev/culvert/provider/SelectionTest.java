package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.culvert.config.Feature;
import dev.culvert.provider.lease.StoreKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which provider a request gets. */
class SelectionTest {

  private static final Feature USER_HEADER = new Feature(Feature.Kind.HEADER, "x-user");

  private final List<Rig> rigs = new ArrayList<>();

  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  private Rig rig(String... keysAndValues) {
    Rig rig = new Rig(stores(), keysAndValues);
    rigs.add(rig);
    return rig;
  }

  @AfterEach
  void close() {
    rigs.forEach(Rig::close);
  }

  private Rig weighted(int a, int b, int c) {
    return rig(
        "routes.r.policy", "weighted",
        "upstreams.a.weight", Integer.toString(a),
        "upstreams.b.weight", Integer.toString(b),
        "upstreams.c.weight", Integer.toString(c));
  }

  /**
   * Pearson's statistic stays below what it exceeds by chance once in a thousand runs, for one or
   * two degrees of freedom; the random numbers are the same in each run.
   */
  private static void assertShares(Rig rig, Map<String, Double> shares) {
    int requests = 1_000;
    Map<String, Integer> counts = rig.choices(requests);
    double statistic =
        shares.entrySet().stream()
            .mapToDouble(
                share -> {
                  double expected = share.getValue() * requests;
                  int count = counts.getOrDefault(share.getKey(), 0);
                  return Math.pow(count - expected, 2) / expected;
                })
            .sum();
    assertThat(counts).containsOnlyKeys(shares.keySet());
    assertThat(statistic).isLessThan(shares.size() == 2 ? 10.83 : 13.82);
  }

  @Test
  void weightsAreShares() {
    assertShares(weighted(1, 2, 5), Map.of("a", 1 / 8.0, "b", 2 / 8.0, "c", 5 / 8.0));
  }

  @Test
  void theSharesOfThoseThatAreLeftStayInProportion() {
    Rig rig = weighted(1, 2, 5);
    rig.providers.disable("c");
    assertShares(rig, Map.of("a", 1 / 3.0, "b", 2 / 3.0));
  }

  @Test
  void whereAllWeightsAreZeroAllAreAlike() {
    assertShares(weighted(0, 0, 0), Map.of("a", 1 / 3.0, "b", 1 / 3.0, "c", 1 / 3.0));
  }

  @Test
  void aWeightOfZeroIsNoShareWhileThereAreOthers() {
    Rig rig = rig("routes.r.policy", "weighted", "upstreams.b.weight", "0");
    assertThat(rig.choices(300)).containsOnlyKeys("a", "c");
    rig.providers.disable("a");
    rig.providers.disable("c");
    assertThat(rig.chosen()).isEqualTo("b");
  }

  @Test
  void theLowestPriorityNumberWinsWhileOneOfItIsThere() {
    Rig rig =
        rig(
            "routes.r.policy", "weighted",
            "upstreams.a.priority", "2",
            "upstreams.b.priority", "1",
            "upstreams.c.priority", "1");
    assertThat(rig.choices(100)).containsOnlyKeys("b", "c");
    rig.providers.disable("b");
    rig.providers.disable("c");
    assertThat(rig.chosen()).isEqualTo("a");
  }

  @Test
  void roundRobinGivesEachItsTurn() {
    Rig rig = rig("routes.r.policy", "round-robin");
    assertThat(List.of(rig.chosen(), rig.chosen(), rig.chosen(), rig.chosen()))
        .containsExactly("a", "b", "c", "a");
    rig.providers.disable("b");
    assertThat(List.of(rig.chosen(), rig.chosen(), rig.chosen())).containsExactly("c", "a", "c");
  }

  @Test
  void leastStreamsCountsStreamsAndWhatIsUnderWay() {
    Rig rig = rig("routes.r.policy", "least-streams");
    rig.streams.putAll(Map.of("a", 2, "b", 1, "c", 3));
    try (Attempt first = Rig.attempt(rig.request());
        Attempt second = Rig.attempt(rig.request())) {
      assertThat(first.upstream().name()).isEqualTo("b");
      assertThat(second.upstream().name()).isIn("a", "b");
      assertThat(rig.view("b").streams() + rig.view("a").streams()).isEqualTo(5);
    }
    assertThat(rig.chosen()).isEqualTo("b");
  }

  @Test
  void anAttemptThatBecameAStreamIsCountedByTheHostOnly() {
    Rig rig = rig();
    try (Attempt attempt = Rig.attempt(rig.request())) {
      assertThat(rig.view("a").streams()).isEqualTo(1);
      attempt.succeeded();
      assertThat(rig.leases.held()).containsExactly(attempt.handOver());
    }
    assertThat(rig.view("a").streams()).isZero();
    assertThat(rig.leases.held()).as("the stream's").hasSize(1);
  }

  @Test
  void hashesStayWithTheirProviderAndMoveOnlyWhenItGoes() {
    Rig rig = rig("routes.r.policy", "hash:header:X-User");
    Map<String, String> before = hashed(rig);
    assertThat(hashed(rig)).isEqualTo(before);
    assertThat(before.values()).contains("a", "b", "c");
    rig.providers.disable("b");
    Map<String, String> after = hashed(rig);
    before.forEach(
        (user, provider) -> {
          if (!provider.equals("b")) {
            assertThat(after).containsEntry(user, provider);
          }
        });
    assertThat(after.values()).doesNotContain("b");
  }

  @Test
  void hashesHeedWeights() {
    Rig rig =
        rig(
            "routes.r.policy", "hash:header:X-User",
            "upstreams.a.weight", "6",
            "upstreams.b.weight", "3");
    Map<String, Integer> counts = new HashMap<>();
    hashed(rig).values().forEach(provider -> counts.merge(provider, 1, Integer::sum));
    assertThat(counts.get("a")).isCloseTo(600, within(60));
    assertThat(counts.get("b")).isCloseTo(300, within(60));
  }

  private static Map<String, String> hashed(Rig rig) {
    Map<String, String> providers = new HashMap<>();
    IntStream.range(0, 1_000)
        .mapToObj(i -> "user-" + i)
        .forEach(
            user ->
                providers.put(
                    user,
                    Rig.chosenBy(
                        rig.request(Optional.empty(), Set.of(), Map.of(USER_HEADER, user)))));
    return providers;
  }

  @Test
  void withoutTheHashedPropertyTheChoiceIsRandom() {
    Rig rig = rig("routes.r.policy", "hash:header:X-User");
    assertThat(rig.choices(100)).containsOnlyKeys("a", "b", "c");
  }

  @Test
  void aProviderOfAGroupIsForItsCallers() {
    Rig rig = rig("routes.r.roles", "**", "upstreams.a.groups", "gold,silver");
    assertThat(rig.chosen()).isEqualTo("b");
    assertThat(Rig.chosenBy(rig.request(Optional.empty(), Set.of("silver"), Map.of())))
        .isEqualTo("a");
    rig.providers.disable("b");
    rig.providers.disable("c");
    assertThat(Rig.none(rig.request()).reason()).contains("a not for the caller's groups");
  }

  @Test
  void noMoreThanMaxStreamsGoToOne() {
    Rig rig = rig("upstreams.a.max-streams", "3");
    rig.streams.put("a", 1);
    try (Attempt first = Rig.attempt(rig.request());
        Attempt second = Rig.attempt(rig.request());
        Attempt third = Rig.attempt(rig.request())) {
      assertThat(List.of(first, second, third))
          .extracting(attempt -> attempt.upstream().name())
          .containsExactly("a", "a", "b");
    }
    assertThat(rig.chosen()).isEqualTo("a");
  }

  @Test
  void whoeverIsFullByItsLeasesIsLeftOut() {
    Rig rig = rig("upstreams.a.max-sessions", "1", "upstreams.b.max-sessions", "1");
    try (Attempt first = Rig.attempt(rig.request());
        Attempt second = Rig.attempt(rig.request());
        Attempt third = Rig.attempt(rig.request())) {
      assertThat(List.of(first, second, third))
          .extracting(attempt -> attempt.upstream().name())
          .containsExactly("a", "b", "c");
    }
    assertThat(rig.leases.held()).isEmpty();
  }

  @Test
  void whenAllAreFullNobodyKnowsUntilWhen() {
    Rig rig = rig("routes.r.upstreams", "a", "upstreams.a.max-sessions", "1");
    try (Attempt first = Rig.attempt(rig.request())) {
      assertThat(Rig.none(rig.request()))
          .isEqualTo(
              new Choice.None("providers: a full (expected: one that is free)", Optional.empty()));
      assertThat(first.lease().provider()).isEqualTo("a");
    }
  }

  @Test
  void aSessionThatIsThereAlreadyIsAdmittedAtTheLimit() {
    Rig rig = rig("upstreams.a.max-sessions", "1");
    try (Attempt first = Rig.attempt(rig.request("s"));
        Attempt second = Rig.attempt(rig.request("s"))) {
      assertThat(first.upstream().name()).isEqualTo("a");
      assertThat(second.upstream().name()).isEqualTo("a");
      assertThat(rig.leases.sessionsAt("a")).containsExactly("s");
    }
  }

  @Test
  void aStoreThatAdmitsNobodyIsNoFaultOfTheProviders() {
    Rig rig = rig();
    rig.leases.failClosed();
    assertThat(Rig.none(rig.request()).reason()).isEqualTo("lease store: down");
    assertThat(rig.view("a").streams()).isZero();
    assertThat(rig.told).isEmpty();
  }

  @Test
  void anOperatorsWordHoldsUntilTheConfigurationChanges() {
    Rig rig = rig("upstreams.b.enabled", "false");
    assertThat(rig.providers.disable("a")).isTrue();
    assertThat(rig.providers.enable("b")).isTrue();
    assertThat(rig.providers.enable("nobody")).isFalse();
    assertThat(rig.chosen()).isEqualTo("b");
    rig.configure("upstreams.b.enabled", "false", "upstreams.b.weight", "7");
    assertThat(rig.chosen()).as("nothing new about it").isEqualTo("b");
    rig.configure();
    assertThat(rig.view("b").enabled()).isTrue();
    rig.configure("upstreams.b.enabled", "false");
    assertThat(rig.chosen()).isEqualTo("c");
  }

  @Test
  void aRequestThatIsOverTakesNothing() {
    Rig rig = rig();
    Attempts attempts = rig.request();
    var gate = rig.leases.hold();
    var choice = attempts.next().toCompletableFuture();
    attempts.close();
    assertThat(choice).isNotDone();
    gate.complete(null);
    assertThat(choice.getNow(null)).isInstanceOf(Choice.None.class);
    assertThat(rig.leases.held()).isEmpty();
    assertThat(rig.view("a").streams()).isZero();
    assertThat(Rig.none(attempts).retryAfter()).isEqualTo(Optional.<Duration>empty());
  }
}
