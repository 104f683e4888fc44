package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A session stays with the provider that has served it. */
class StickinessTest {

  private final Rig rig = new Rig("routes.r.policy", "round-robin", "routes.r.retry.count", "0");

  @Test
  void bindsWithTheFirstSuccess() {
    assertThat(rig.serve("s")).isEqualTo("a");
    assertThat(rig.chosen()).isEqualTo("b");
    assertThat(rig.serve("s")).isEqualTo("a");
  }

  @Test
  void noAttemptBindsBeforeItSucceeds() {
    Attempts attempts = rig.request("s");
    try (Attempt attempt = Rig.attempt(attempts)) {
      assertThat(rig.bindings).isEmpty();
      attempts.after(attempt, Failure.of(Failure.Kind.RESET));
    }
    assertThat(rig.bindings).isEmpty();
    assertThat(rig.serve("s")).isEqualTo("b");
  }

  @Test
  void aSessionOfOneRequestIsNotBound() {
    try (Attempt attempt = Rig.attempt(rig.request())) {
      attempt.succeeded();
    }
    assertThat(rig.bindings).isEmpty();
  }

  @Test
  void whoeverTakesOverFromAFailureKeepsTheSession() {
    rig.serve("s");
    Attempts attempts = rig.request("s");
    try (Attempt first = Rig.attempt(attempts)) {
      assertThat(first.upstream().name()).isEqualTo("a");
      attempts.after(first, Credential.NONE.failure(500, Optional.empty()));
    }
    try (Attempt second = Rig.attempt(attempts)) {
      second.succeeded();
    }
    assertThat(rig.serve("s")).isEqualTo("b");
  }

  @Test
  void aBypassedProviderKeepsItsSession() {
    rig.configure("upstreams.a.breaker.failures", "1");
    rig.serve("s");
    try (Attempt attempt = Rig.attempt(rig.request("s"))) {
      attempt.failed(Failure.of(Failure.Kind.CONNECT));
    }
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.OPEN);
    assertThat(rig.serve("s")).isIn("b", "c");
    assertThat(rig.bindings).containsValue("a");
    rig.timer.pass(Duration.ofSeconds(31));
    assertThat(rig.serve("s")).isEqualTo("a");
  }

  @Test
  void aFullProviderKeepsItsSession() {
    rig.configure("upstreams.a.max-sessions", "1");
    rig.serve("s");
    rig.bindings.put("r\nother", "a");
    try (Attempt other = Rig.attempt(rig.request("other"))) {
      assertThat(other.upstream().name()).isEqualTo("a");
      assertThat(rig.serve("s")).isIn("b", "c");
    }
    assertThat(rig.serve("s")).isEqualTo("a");
  }

  @Test
  void aDisabledProviderLosesItsSessions() {
    rig.serve("s");
    rig.providers.disable("a");
    assertThat(rig.serve("s")).isEqualTo("b");
    rig.providers.enable("a");
    assertThat(rig.serve("s")).isEqualTo("b");
  }

  @Test
  void alsoOneThatAsksForNothingMeanwhile() {
    rig.serve("s");
    rig.providers.disable("a");
    rig.providers.enable("a");
    assertThat(rig.bindings).isEmpty();

    rig.serve("t");
    assertThat(rig.bindings).containsValue("b");
    rig.configure("upstreams.b.enabled", "false");
    rig.configure("upstreams.b.enabled", "true");
    assertThat(rig.bindings).isEmpty();
  }

  @Test
  void aDrainingProviderKeepsItsSessions() {
    rig.serve("s");
    rig.providers.drain("a");

    assertThat(rig.bindings).containsValue("a");
    assertThat(rig.serve("s")).isEqualTo("a");
  }

  @Test
  void aProviderThatIsGoneLosesItsSessions() {
    rig.serve("s");
    rig.configure("routes.r.upstreams", "b,c");
    try (Attempt attempt = Rig.attempt(rig.request("s"))) {
      assertThat(attempt.upstream().name()).isEqualTo("b");
      assertThat(rig.bindings).isEmpty();
    }
  }

  @Test
  void aProviderThatIsRemovedMeanwhileGetsNoAttemptAndNoSession() {
    Attempts waiting = rig.request("s");
    Attempts retrying = rig.request();
    try (Attempt underWay = Rig.attempt(rig.request("s"));
        Attempt failing = Rig.attempt(retrying)) {
      assertThat(underWay.upstream().name()).isEqualTo("a");
      assertThat(failing.upstream().name()).isEqualTo("b");
      rig.remove("a");
      underWay.succeeded();
      assertThat(rig.bindings).isEmpty();
      retrying.after(failing, Credential.NONE.failure(500, Optional.empty()));
    }
    assertThat(Rig.chosenBy(retrying)).isEqualTo("c");
    assertThat(Rig.chosenBy(waiting)).isNotEqualTo("a");
    rig.providers.disable("b");
    rig.providers.disable("c");
    assertThat(Rig.none(waiting).reason()).contains("a removed");
  }

  @Test
  void aProviderThatIsRemovedIsNotRetried() {
    rig.configure("routes.r.retry.count", "1");
    Attempts attempts = rig.request();
    try (Attempt first = Rig.attempt(attempts)) {
      assertThat(first.upstream().name()).isEqualTo("a");
      assertThat(attempts.after(first, Credential.NONE.failure(500, Optional.empty())))
          .isInstanceOf(Verdict.Retry.class);
    }
    rig.remove("a");
    assertThat(Rig.chosenBy(attempts)).isNotEqualTo("a");
  }

  @Test
  void aRequestThatCanGoToOneProviderOnlyLeavesTheBindingAsItIs() {
    rig.serve("s");
    try (Attempt attempt = Rig.attempt(requestTo("b"))) {
      assertThat(attempt.upstream().name()).isEqualTo("b");
      attempt.succeeded();
    }
    assertThat(rig.bindings).containsEntry("r\ns", "a");
    assertThat(rig.serve("s")).isEqualTo("a");
  }

  @Test
  void butForOneThatIsDisabled() {
    rig.serve("s");
    rig.providers.disable("a");
    assertThat(Rig.chosenBy(requestTo("b"))).isEqualTo("b");
    assertThat(rig.bindings).isEmpty();
  }

  @Test
  void nobodyElseIsAskedByARequestThatCanGoToOneProviderOnly() {
    rig.configure("upstreams.a.breaker.failures", "1");
    try (Attempt other = Rig.attempt(rig.request())) {
      assertThat(other.upstream().name()).isEqualTo("a");
      other.failed(Failure.of(Failure.Kind.CONNECT));
    }
    rig.providers.disable("b");
    Choice.None none = Rig.none(requestTo("b"));
    assertThat(none.reason()).contains("b disabled");
    assertThat(none.retryAfter()).as("of a, which is of no use").isEmpty();
  }

  private Attempts requestTo(String only) {
    return rig.providers.attempts(
        rig.settings.routes().get("r"),
        new Ask(Optional.of("s"), group -> false, feature -> Optional.empty(), Optional.of(only)));
  }

  @Test
  void aDrainingProviderServesItsOwnOnly() {
    rig.serve("s");
    rig.providers.drain("a");
    assertThat(rig.choices(10)).doesNotContainKey("a");
    assertThat(rig.serve("s")).isEqualTo("a");
    assertThat(rig.view("a").draining()).isTrue();
  }

  @Test
  void aReleasedSessionIsFreeToGo() {
    rig.serve("s");
    try (Attempt attempt = Rig.attempt(rig.request("s"))) {
      assertThat(attempt.upstream().name()).isEqualTo("a");
      assertThat(rig.providers.forceRelease("a", "s").toCompletableFuture().join()).isEqualTo(1);
      assertThat(rig.leases.held()).isEmpty();
    }
    assertThat(rig.bindings).isEmpty();
  }

  @Test
  void routesBindForThemselves() {
    rig.serve("s");
    assertThat(rig.bindings).containsOnlyKeys("r\ns");
  }
}
