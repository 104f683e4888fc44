package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.Failure.Kind;
import dev.culvert.provider.lease.StoreKind;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No way out of a request leaves a lease, a place or a probe after. */
class ExitsTest {

  private final Rig rig =
      new Rig(stores(), "upstreams.a.max-sessions", "1", "upstreams.a.max-streams", "1");

  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void failures(Kind kind) {
    Attempts attempts = rig.request();
    try (Attempt attempt = Rig.attempt(attempts)) {
      assertThat(rig.leases.held()).hasSize(1);
      attempts.after(attempt, Failure.of(kind));
    }
    rig.assertNothingIsHeld();
    assertThat(rig.told).first().isEqualTo("a " + kind.label());
  }

  @Test
  void successes() {
    for (int i = 0; i < 50; i++) {
      rig.serve("s" + i);
    }
    rig.fail(Failure.of(Kind.RESET));
    rig.assertNothingIsHeld();
  }

  @Test
  void cancellations() {
    Attempt attempt = Rig.attempt(rig.request());
    attempt.close();
    attempt.close();
    attempt.succeeded();
    rig.assertNothingIsHeld();
    assertThat(rig.told).containsExactly("a cancelled");
  }

  @Test
  void aClientThatLeavesWhileTheStoreIsAsked() {
    CompletableFuture<Void> gate = rig.leases.hold();
    Attempts attempts = rig.request();
    CompletableFuture<Choice> choice = attempts.next().toCompletableFuture();
    attempts.close();
    gate.complete(null);
    assertThat(choice.join()).isInstanceOf(Choice.None.class);
    rig.assertNothingIsHeld();
  }

  @Test
  void aFailoverTakesALeaseToo() {
    rig.configure("upstreams.b.max-sessions", "1");
    rig.providers.disable("a");
    Attempt full = Rig.attempt(rig.request("other"));
    assertThat(full.upstream().name()).isEqualTo("b");
    rig.providers.enable("a");
    Attempts attempts = rig.request("s");
    try (Attempt failing = Rig.attempt(attempts)) {
      assertThat(failing.upstream().name()).isEqualTo("a");
      attempts.after(failing, Failure.of(Kind.RESET));
    }
    try (Attempt next = Rig.attempt(attempts)) {
      assertThat(next.upstream().name()).as("b is full").isEqualTo("c");
      assertThat(rig.leases.held()).containsExactlyInAnyOrder(full.lease(), next.lease());
    }
    full.close();
    rig.assertNothingIsHeld();
  }

  @Test
  void aCancelledProbeMakesRoomForTheNext() {
    rig.configure("upstreams.a.breaker.failures", "1");
    rig.fail(Failure.of(Kind.CONNECT));
    rig.timer.pass(Duration.ofSeconds(31));
    try (Attempt probe = Rig.attempt(rig.request())) {
      assertThat(probe.upstream().name()).isEqualTo("a");
      assertThat(rig.chosen()).isEqualTo("b");
    }
    assertThat(rig.chosen()).isEqualTo("a");
  }

  @Test
  void aProbeWhoseLeaseIsSlowToComeKeepsTheOthersOutForTheTimeOfAnOpeningOnly() {
    rig.configure("upstreams.a.breaker.failures", "1");
    rig.fail(Failure.of(Kind.CONNECT));
    rig.timer.pass(Duration.ofSeconds(30));
    CompletableFuture<Void> gate = rig.leases.hold();
    CompletableFuture<Choice> slow = rig.request().next().toCompletableFuture();
    rig.leases.hold().complete(null);
    assertThat(rig.chosen()).isEqualTo("b");
    rig.timer.pass(Duration.ofSeconds(30));
    assertThat(rig.chosen()).isEqualTo("a");
    gate.complete(null);
    ((Attempt) slow.join()).close();
    rig.assertNothingIsHeld();
  }

  @Test
  void whoIsRefusedBecauseOfAProbeIsToldToComeAgainSoon() {
    rig.configure("upstreams.a.breaker.failures", "1");
    rig.fail(Failure.of(Kind.CONNECT));
    rig.providers.disable("b");
    rig.providers.disable("c");
    assertThat(Rig.none(rig.request()).retryAfter()).contains(Duration.ofSeconds(30));
    rig.timer.pass(Duration.ofSeconds(30));
    try (Attempt probe = Rig.attempt(rig.request())) {
      rig.timer.pass(Duration.ofSeconds(27));
      Choice.None none = Rig.none(rig.request());
      assertThat(none.retryAfter()).contains(Duration.ofSeconds(3));
      assertThat(none.reason()).contains(probe.upstream().name() + " circuit open");
    }
  }

  @Test
  void storesThatThrow() {
    rig.configure("upstreams.a.breaker.failures", "1", "upstreams.a.max-streams", "1");
    rig.fail(Failure.of(Kind.CONNECT));
    rig.timer.pass(Duration.ofMinutes(1));
    rig.leases.fail(new LinkageError("no"));
    for (int i = 0; i < 5; i++) {
      assertThat(Rig.none(rig.request()).reason()).contains("lease store: fault: ", "no");
    }
    rig.assertNothingIsHeld();
    assertThat(rig.circuit("a")).as("its probes are free").isEqualTo(CircuitState.HALF_OPEN);
  }

  @Test
  void storesThatFailLater() {
    var gate = rig.leases.hold();
    var choice = rig.request().next().toCompletableFuture();
    gate.completeExceptionally(new IllegalStateException("no"));
    assertThat(choice.join()).isInstanceOf(Choice.None.class);
    rig.assertNothingIsHeld();
  }

  @Test
  void anAttemptEndsOnceSoThatTheNextOneKeepsItsPlace() {
    Attempt first = Rig.attempt(rig.request("s"));
    first.close();
    try (Attempt second = Rig.attempt(rig.request("s"))) {
      first.close();
      assertThat(second.upstream().name()).isEqualTo("a");
      assertThat(rig.leases.held()).containsExactly(second.lease());
      assertThat(rig.view("a").streams()).isEqualTo(1);
    }
    rig.assertNothingIsHeld();
  }

  @Test
  void oneOfTwoRequestsOfASession() {
    rig.configure();
    Attempts failing = rig.request("s");
    Attempt other = Rig.attempt(rig.request("s"));
    try (Attempt attempt = Rig.attempt(failing)) {
      failing.after(attempt, Failure.of(Kind.RESET));
    }
    assertThat(rig.leases.sessionsAt("a")).isEqualTo(Set.of("s"));
    other.close();
    rig.assertNothingIsHeld();
  }

  @Test
  void streamsTakeTheLeaseWithThem() {
    Attempt attempt = Rig.attempt(rig.request());
    attempt.succeeded();
    attempt.handOver();
    attempt.close();
    attempt.close();
    assertThat(rig.leases.held()).containsExactly(attempt.lease());
    assertThat(rig.view("a").streams()).isZero();
  }

  @Test
  void aHandOverAfterTheEndIsNone() {
    Attempt attempt = Rig.attempt(rig.request());
    attempt.close();
    attempt.handOver();
    rig.assertNothingIsHeld();
  }
}
