package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.Failure.Kind;
import dev.culvert.provider.lease.StoreKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from a failure: the rows of the table of failure classes. */
class FailureClassesTest {

  private static final String[] ONE_FAILURE_OPENS = {
    "upstreams.a.breaker.failures", "1", "upstreams.b.breaker.failures", "1"
  };

  private final Rig rig = new Rig(stores());

  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  @AfterEach
  void close() {
    assertThat(rig.leases.held()).isEmpty();
    rig.close();
  }

  private static Failure status(int status) {
    return Credential.NONE.failure(status, Optional.empty());
  }

  private static Failure limited(int seconds) {
    return Credential.NONE.failure(429, Optional.of(Duration.ofSeconds(seconds)));
  }

  @Test
  void lostConnectionsAreTriedOnceAtTheNextAddressThenElsewhere() {
    rig.configure("upstreams.a.url", "ws://a:1,ws://a:2,ws://a:3");
    Attempts attempts = rig.request();
    try (Attempt first = Rig.attempt(attempts)) {
      assertThat(first.addresses()).hasSize(3);
      assertThat(attempts.after(first, Failure.of(Kind.RESET)))
          .isEqualTo(new Verdict.Retry(Duration.ZERO));
    }
    try (Attempt second = Rig.attempt(attempts)) {
      assertThat(second.upstream().name()).isEqualTo("a");
      assertThat(second.addresses()).extracting(address -> address.port()).containsExactly(2, 3);
      assertThat(attempts.after(second, Failure.of(Kind.CONNECT))).isEqualTo(new Verdict.Switch());
    }
    assertThat(Rig.chosenBy(attempts)).isEqualTo("b");
  }

  @Test
  void whereAllAddressesWereTriedTheNextProviderIs() {
    rig.configure("upstreams.a.url", "ws://a:1,ws://a:2");
    Attempts attempts = rig.request();
    try (Attempt first = Rig.attempt(attempts)) {
      first.tried(2);
      assertThat(attempts.after(first, Failure.of(Kind.CONNECT))).isEqualTo(new Verdict.Switch());
    }
    assertThat(Rig.chosenBy(attempts)).isEqualTo("b");
  }

  @Test
  void lostConnectionsCount() {
    rig.configure(ONE_FAILURE_OPENS);
    assertThat(rig.fail(Failure.of(Kind.CONNECT))).isEqualTo(new Verdict.Switch());
    assertThat(rig.fail(Failure.of(Kind.RESET))).isEqualTo(new Verdict.Switch());
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.OPEN);
    assertThat(rig.circuit("b")).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void serverErrorsAreRetriedWithBackoffAndJitterThenTriedElsewhere() {
    rig.configure("routes.r.retry.count", "2", "routes.r.retry.backoff", "40ms");
    Attempts attempts = rig.request();
    for (long most : new long[] {40, 80}) {
      try (Attempt attempt = Rig.attempt(attempts)) {
        assertThat(attempt.upstream().name()).isEqualTo("a");
        assertThat(attempts.after(attempt, status(503)))
            .isInstanceOfSatisfying(
                Verdict.Retry.class,
                retry ->
                    assertThat(retry.delay()).isBetween(Duration.ZERO, Duration.ofMillis(most)));
      }
    }
    try (Attempt attempt = Rig.attempt(attempts)) {
      assertThat(attempt.upstream().name()).isEqualTo("a");
      assertThat(attempts.after(attempt, status(500))).isEqualTo(new Verdict.Switch());
    }
    assertThat(Rig.chosenBy(attempts)).isEqualTo("b");
  }

  @Test
  void theBackoffIsFullJitter() {
    rig.configure("routes.r.retry.backoff", "10s", "upstreams.a.breaker.failures", "1000");
    List<Duration> delays =
        Stream.generate(() -> ((Verdict.Retry) rig.fail(status(500))).delay()).limit(200).toList();
    assertThat(delays).anyMatch(delay -> delay.toMillis() < 1_000);
    assertThat(delays).anyMatch(delay -> delay.toMillis() > 9_000);
  }

  @Test
  void serverErrorsCount() {
    rig.configure(ONE_FAILURE_OPENS);
    assertThat(rig.fail(status(502))).as("its circuit is open").isEqualTo(new Verdict.Switch());
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.OPEN);
    assertThat(rig.told).contains("a server-error");
  }

  @Test
  void aProviderThatAsksForItIsLeftAlone() {
    Failure later = Credential.NONE.failure(503, Optional.of(Duration.ofSeconds(20)));
    assertThat(rig.fail(later)).isEqualTo(new Verdict.Switch());
    assertThat(rig.chosen()).isEqualTo("b");
    assertThat(rig.view("a").resting()).isEqualTo(Duration.ofSeconds(20));
    rig.timer.pass(Duration.ofSeconds(20));
    assertThat(rig.chosen()).isEqualTo("a");
  }

  @Test
  void nobodyIsLeftAloneForLongerThanCircuitsStayOpen() {
    rig.configure("upstreams.a.breaker.max-open", "60s");
    rig.fail(limited(86_400));
    assertThat(rig.view("a").resting()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void aLimitOfAProviderWithoutAccountsIsItsOwn() {
    assertThat(rig.fail(limited(20))).isEqualTo(new Verdict.Switch());
    assertThat(rig.chosen()).isEqualTo("b");
  }

  @Test
  void aLimitOfACallersOwnCredentialIsNobodyElses() {
    rig.configure(ONE_FAILURE_OPENS);
    Failure his = Credential.CALLER.failure(429, Optional.of(Duration.ofSeconds(20)));

    assertThat(rig.fail(his)).isEqualTo(new Verdict.Switch());
    assertThat(rig.chosen()).isEqualTo("a");
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.CLOSED);
    assertThat(rig.view("a").resting()).isZero();
  }

  /** The account rests; the provider has others, and other routes may show none. */
  @Test
  void aLimitOfAnAccountLeavesTheProviderToAllOthers() {
    rig.configure(ONE_FAILURE_OPENS);
    Failure its = Credential.ACCOUNT.failure(429, Optional.of(Duration.ofSeconds(20)));
    assertThat(rig.fail(its)).as("as any 429").isInstanceOf(Verdict.Retry.class);
    assertThat(rig.chosen()).isEqualTo("a");
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.CLOSED);
    assertThat(rig.view("a").resting()).isZero();
    assertThat(rig.told).contains("a account-limited");
  }

  @Test
  void aLimitWithoutAnAccountIsTheProvidersThoughItHasAccounts() {
    rig.configure(
        "upstreams.a.accounts", "x",
        "accounts.x.header.Authorization", "1");
    assertThat(rig.fail(limited(20))).isEqualTo(new Verdict.Switch());
    assertThat(rig.view("a").resting()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void aRefusedCredentialSaysNothingOfTheProvidersTime() {
    rig.fail(Credential.ACCOUNT.failure(403, Optional.of(Duration.ofSeconds(20))));
    assertThat(rig.view("a").resting()).isZero();
  }

  @Test
  void limitsCount() {
    rig.configure(ONE_FAILURE_OPENS);
    rig.fail(status(429));
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void ourOwnRefusedCredentialIsTriedElsewhereAndCounts() {
    rig.configure(ONE_FAILURE_OPENS);
    for (Credential ours : List.of(Credential.ACCOUNT, Credential.SHARED)) {
      for (int status : new int[] {401, 403}) {
        assertThat(ours.failure(status, Optional.empty()).kind()).isEqualTo(Kind.CREDENTIAL);
      }
    }
    Failure refused = Credential.SHARED.failure(401, Optional.empty());
    assertThat(rig.fail(refused)).isEqualTo(new Verdict.Switch());
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.OPEN);
  }

  /** In mode {@code http}; one client must not take a provider from all others. */
  @ParameterizedTest
  @CsvSource({"ACCOUNT, 401", "ACCOUNT, 402", "ACCOUNT, 403", "SHARED, 402", "SHARED, 403"})
  void whereClientsAskForWhatTheyLikeARefusalIsTriedElsewhereAndDoesNotCount(
      Credential ours, int status) {
    rig.configure(ONE_FAILURE_OPENS);
    Failure refused = ours.failureOfFreeRequest(status, Optional.of(Duration.ofSeconds(20)));

    assertThat(rig.fail(refused)).isEqualTo(new Verdict.Switch());
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.CLOSED);
    assertThat(rig.view("a").resting()).isZero();
    assertThat(rig.told).contains("a refused");
  }

  @ParameterizedTest
  @CsvSource({
    "SHARED, 401, CREDENTIAL",
    "ACCOUNT, 429, ACCOUNT_LIMITED",
    "SHARED, 429, RATE_LIMITED",
    "SHARED, 404, CLIENT_ERROR",
    "ACCOUNT, 503, SERVER_ERROR",
    "CALLER, 401, CLIENT_ERROR",
    "CALLER, 403, CLIENT_ERROR",
    "CALLER, 429, CALLER_LIMITED",
    "NONE, 403, CLIENT_ERROR"
  })
  void allElseIsThereAsAnywhere(Credential shown, int status, Kind expected) {
    assertThat(shown.failureOfFreeRequest(status, Optional.empty()).kind()).isEqualTo(expected);
  }

  @Test
  void clientErrorsGoBackAsTheyAreAndDoNotCount() {
    rig.configure(ONE_FAILURE_OPENS);
    for (int status : new int[] {400, 401, 403, 404, 408, 409, 413, 422, 499}) {
      assertThat(rig.fail(status(status))).isEqualTo(new Verdict.Return());
    }
    assertThat(rig.fail(Credential.ACCOUNT.failure(404, Optional.empty())))
        .isEqualTo(new Verdict.Return());
    assertThat(rig.fail(Failure.of(Kind.POLICY))).isEqualTo(new Verdict.Return());
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.CLOSED);
    assertThat(status(413).kind()).isEqualTo(Kind.POLICY);
  }

  @Test
  void forAClientThatIsGoneNobodyElseIsAskedAndItDoesNotCount() {
    rig.configure(ONE_FAILURE_OPENS);
    assertThat(rig.fail(Failure.of(Kind.CLIENT_GONE))).isEqualTo(new Verdict.Return());
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void whatTheGatewayCannotDoIsNobodysFault() {
    rig.configure(ONE_FAILURE_OPENS);
    assertThat(rig.fail(Failure.of(Kind.LOCAL))).isEqualTo(new Verdict.Unavailable());
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void eachProviderIsTriedOnceWithItsRetries() {
    Attempts attempts = rig.request();
    for (String expected : new String[] {"a", "a", "b", "b", "c", "c"}) {
      try (Attempt attempt = Rig.attempt(attempts)) {
        assertThat(attempt.upstream().name()).isEqualTo(expected);
        attempts.after(attempt, status(500));
      }
    }
    assertThat(rig.told).hasSize(6);
    assertThat(rig.leases.held()).isEmpty();
  }

  @Test
  void aBudgetBoundsAllAttempts() {
    rig.configure("routes.r.retry.attempts", "3");
    Attempts attempts = rig.request();
    Verdict last = new Verdict.Switch();
    for (int i = 0; i < 3; i++) {
      try (Attempt attempt = Rig.attempt(attempts)) {
        last = attempts.after(attempt, status(500));
      }
    }
    assertThat(last).as("the client gets the last answer").isEqualTo(new Verdict.Return());
    assertThat(Rig.none(attempts).reason()).isEqualTo("attempts: 3 made (expected: fewer than 3)");
  }

  @Test
  void attemptsOnTheirWayAreWithinTheBudget() {
    rig.configure("routes.r.retry.attempts", "2");
    Attempts attempts = rig.request();
    try (Attempt first = Rig.attempt(attempts)) {
      var gate = rig.leases.hold();
      var second = attempts.another().toCompletableFuture();
      assertThat(Rig.none(attempts).reason()).startsWith("attempts: 2 made");
      gate.complete(null);
      try (Attempt other = (Attempt) second.join()) {
        assertThat(List.of(first.upstream().name(), other.upstream().name()))
            .containsExactly("a", "b");
      }
    }
  }

  @Test
  void whatComesToNoAttemptIsGivenBackToTheBudget() {
    rig.configure("routes.r.retry.attempts", "1");
    List.of("a", "b", "c").forEach(rig.providers::disable);
    Attempts attempts = rig.request();
    assertThat(Rig.none(attempts).reason()).startsWith("providers: ");
    rig.providers.enable("b");
    assertThat(Rig.chosenBy(attempts)).isEqualTo("b");
  }

  @Test
  void whoeverIsTriedBesidesIsNotTheOneThatWaitsToBeTriedAgain() {
    Attempts attempts = rig.request();
    try (Attempt first = Rig.attempt(attempts)) {
      assertThat(attempts.after(first, status(500))).isInstanceOf(Verdict.Retry.class);
    }
    try (Attempt besides = (Attempt) attempts.another().toCompletableFuture().join()) {
      assertThat(besides.upstream().name()).isEqualTo("b");
    }
    assertThat(Rig.chosenBy(attempts)).as("after its pause").isEqualTo("a");
  }

  @Test
  void twoThatFailSideBySideAreBothTriedAgain() {
    Attempts attempts = rig.request();
    try (Attempt first = Rig.attempt(attempts);
        Attempt besides = (Attempt) attempts.another().toCompletableFuture().join()) {
      assertThat(attempts.after(first, status(500))).isInstanceOf(Verdict.Retry.class);
      assertThat(attempts.after(besides, status(500))).isInstanceOf(Verdict.Retry.class);
    }
    assertThat(List.of(Rig.chosenBy(attempts), Rig.chosenBy(attempts)))
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void oneThatIsBarredMeanwhileDoesNotHideTheOther() {
    Attempts attempts = rig.request();
    try (Attempt first = Rig.attempt(attempts);
        Attempt besides = (Attempt) attempts.another().toCompletableFuture().join()) {
      attempts.after(first, status(500));
      rig.timer.pass(Duration.ofSeconds(1));
      attempts.after(besides, status(500));
    }
    rig.providers.disable("a");

    assertThat(Rig.chosenBy(attempts)).isEqualTo("b");
  }

  @Test
  void whatFailsBesidesDoesNotCutThePauseShort() {
    Attempts attempts = rig.request();
    try (Attempt first = Rig.attempt(attempts);
        Attempt besides = (Attempt) attempts.another().toCompletableFuture().join()) {
      Duration pause = ((Verdict.Retry) attempts.after(first, status(500))).delay();
      assertThat(pause).isGreaterThan(Duration.ofMillis(1));
      rig.timer.pass(Duration.ofMillis(1));
      assertThat(attempts.after(besides, Failure.of(Kind.CREDENTIAL)))
          .isEqualTo(new Verdict.Retry(pause.minusMillis(1)));
    }
    assertThat(Rig.chosenBy(attempts)).isEqualTo("a");
  }

  @Test
  void whenAllHaveFailedTheSoonestReopeningIsKnown() {
    rig.configure("routes.r.upstreams", "a,b", "upstreams.a.breaker.failures", "1");
    rig.fail(Failure.of(Kind.CONNECT));
    rig.timer.pass(Duration.ofSeconds(10));
    rig.fail(limited(25));
    assertThat(Rig.none(rig.request()))
        .isEqualTo(
            new Choice.None(
                "providers: a circuit open, b resting (expected: one that is free)",
                Optional.of(Duration.ofSeconds(20))));
  }

  @Test
  void circuitsOutlastAConfigurationThatSaysNothingNewAboutThem() {
    rig.configure(ONE_FAILURE_OPENS);
    rig.fail(Failure.of(Kind.CONNECT));
    rig.configure(ONE_FAILURE_OPENS);
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.OPEN);
    rig.configure("upstreams.a.breaker.failures", "2");
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.CLOSED);
  }
}
