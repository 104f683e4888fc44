package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.Failure.Kind;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No way out of a request leaves a lease, a place or a probe behind. */
class ExitsTest {

  private final Rig rig = new Rig("upstreams.a.max-sessions", "1", "upstreams.a.max-streams", "1");

  private void assertNothingIsHeld() {
    assertThat(rig.leases.held()).isEmpty();
    assertThat(rig.providers.list()).allMatch(view -> view.streams() == 0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void failures(Kind kind) {
    Attempts attempts = rig.request();
    try (Attempt attempt = Rig.attempt(attempts)) {
      assertThat(rig.leases.held()).hasSize(1);
      attempts.after(attempt, Failure.of(kind));
    }
    assertNothingIsHeld();
    assertThat(rig.told).first().isEqualTo("a " + kind.label());
  }

  @Test
  void successes() {
    for (int i = 0; i < 50; i++) {
      rig.serve("s" + i);
    }
    rig.fail(Failure.of(Kind.RESET));
    assertNothingIsHeld();
  }

  @Test
  void cancellations() {
    Attempt attempt = Rig.attempt(rig.request());
    attempt.close();
    attempt.close();
    attempt.succeeded();
    assertNothingIsHeld();
    assertThat(rig.told).containsExactly("a cancelled");
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
  void storesThatThrow() {
    rig.configure("upstreams.a.breaker.failures", "1", "upstreams.a.max-streams", "1");
    rig.fail(Failure.of(Kind.CONNECT));
    rig.timer.pass(Duration.ofMinutes(1));
    rig.leases.fail(new LinkageError("no"));
    for (int i = 0; i < 5; i++) {
      assertThat(Rig.none(rig.request()).reason()).contains("lease store: fault: ", "no");
    }
    assertNothingIsHeld();
    assertThat(rig.circuit("a")).as("its probes are free").isEqualTo(CircuitState.HALF_OPEN);
  }

  @Test
  void storesThatFailLater() {
    var gate = rig.leases.hold();
    var choice = rig.request().next().toCompletableFuture();
    gate.completeExceptionally(new IllegalStateException("no"));
    assertThat(choice.join()).isInstanceOf(Choice.None.class);
    assertNothingIsHeld();
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
    assertNothingIsHeld();
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
    assertNothingIsHeld();
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
  void aHandOverBehindTheEndIsNone() {
    Attempt attempt = Rig.attempt(rig.request());
    attempt.close();
    attempt.handOver();
    assertNothingIsHeld();
  }
}
