package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.BreakerRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a circuit lets attempts through. */
class CircuitTest {

  private static final Duration OPEN = Duration.ofSeconds(30);

  private final TestTimer timer = new TestTimer();
  private final List<String> told = new ArrayList<>();
  private final Circuit circuit = circuit(2, 2);

  private Circuit circuit(int probes, int successes) {
    return new Circuit(
        "a",
        new BreakerRules(3, OPEN, Duration.ofSeconds(100), probes, successes),
        timer::nanos,
        (state, open) -> told.add(state + " " + open.toSeconds()));
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      circuit.enter().orElseThrow().failed();
    }
  }

  private void succeed() {
    circuit.enter().orElseThrow().succeeded();
  }

  @Test
  void failuresInARowOpenIt() {
    fail(2);
    succeed();
    fail(2);
    assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    fail(1);
    assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
    assertThat(circuit.enter()).isEmpty();
    assertThat(circuit.remaining()).isEqualTo(OPEN);
    assertThat(told).containsExactly("OPEN 30");
  }

  @Test
  void attemptsWithoutAResultDoNotCount() {
    fail(2);
    circuit.enter().orElseThrow().release();
    fail(1);
    assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void aPermitCountsOnce() {
    Circuit.Permit permit = circuit.enter().orElseThrow();
    for (int i = 0; i < 5; i++) {
      permit.failed();
    }
    assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void probesGoThroughWhenTheTimeIsOver() {
    fail(3);
    timer.pass(OPEN.minusNanos(1));
    assertThat(circuit.lets()).isFalse();
    timer.pass(Duration.ofNanos(1));
    assertThat(circuit.lets()).isTrue();
    assertThat(circuit.state()).as("until somebody comes").isEqualTo(CircuitState.OPEN);
    assertThat(circuit.enter()).isPresent();
    assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
    assertThat(circuit.remaining()).isZero();
  }

  @Test
  void noMoreProbesGoThroughAtOnceThanAllowed() {
    fail(3);
    timer.pass(OPEN);
    Circuit.Permit first = circuit.enter().orElseThrow();
    assertThat(circuit.enter()).isPresent();
    assertThat(circuit.enter()).isEmpty();
    assertThat(circuit.lets()).isFalse();
    first.release();
    assertThat(circuit.enter()).as("a probe without a result makes room").isPresent();
  }

  @Test
  void moreProbesThanSuccessesAreAllowed() {
    Circuit wide = circuit(4, 1);
    for (int i = 0; i < 3; i++) {
      wide.enter().orElseThrow().failed();
    }
    timer.pass(OPEN);
    Circuit.Permit first = wide.enter().orElseThrow();
    assertThat(List.of(wide.enter(), wide.enter(), wide.enter())).allMatch(p -> p.isPresent());
    assertThat(wide.enter()).isEmpty();
    first.succeeded();
    assertThat(wide.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void aProbeThatHangsDoesNotKeepTheOthersOut() {
    fail(3);
    timer.pass(OPEN);
    Circuit.Permit first = circuit.enter().orElseThrow();
    assertThat(circuit.enter()).as("it hangs").isPresent();
    first.succeeded();
    assertThat(circuit.lets()).isTrue();
    succeed();
    assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
  }

  private Circuit.Permit silentProbe(Circuit of) {
    for (int i = 0; i < 3; i++) {
      of.enter().orElseThrow().failed();
    }
    timer.pass(OPEN);
    Circuit.Permit probe = of.enter().orElseThrow();
    assertThat(of.enter()).isEmpty();
    return probe;
  }

  @Test
  void aProbeThatTellsNothingMakesRoomWhenTheTimeOfAnOpeningIsOver() {
    Circuit narrow = circuit(1, 2);
    Circuit.Permit unused = silentProbe(narrow);
    timer.pass(OPEN.minusNanos(1));
    assertThat(narrow.lets()).isFalse();
    timer.pass(Duration.ofNanos(1));
    for (int i = 0; i < 2; i++) {
      narrow.enter().orElseThrow().succeeded();
    }
    assertThat(narrow.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void howeverManyTellNothingOneMoreGoesThroughEachTime() {
    Circuit narrow = circuit(1, 1);
    Circuit.Permit unused = silentProbe(narrow);
    for (int i = 0; i < 10; i++) {
      timer.pass(OPEN);
      assertThat(narrow.enter()).isPresent();
      assertThat(narrow.enter()).isEmpty();
    }
  }

  @Test
  void whatAProbeTellsLateCountsStill() {
    Circuit narrow = circuit(1, 2);
    Circuit.Permit good = silentProbe(narrow);
    timer.pass(OPEN);
    Circuit.Permit bad = narrow.enter().orElseThrow();
    timer.pass(OPEN);
    good.succeeded();
    assertThat(narrow.state()).isEqualTo(CircuitState.HALF_OPEN);
    bad.failed();
    assertThat(narrow.state()).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void oneThatEndsLateWithoutAResultMakesNoRoomTwice() {
    Circuit narrow = circuit(1, 1);
    Circuit.Permit late = silentProbe(narrow);
    timer.pass(OPEN);
    assertThat(narrow.enter()).isPresent();
    late.release();
    assertThat(narrow.enter()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 1000", "10000, 10000", "3600000, 60000"})
  void theTimeOfAProbeIsWithinBounds(long openMillis, long probeMillis) {
    Duration open = Duration.ofMillis(openMillis);
    Circuit bounded =
        new Circuit("a", new BreakerRules(1, open, open, 1, 1), timer::nanos, (state, time) -> {});
    bounded.enter().orElseThrow().failed();
    timer.pass(open);
    assertThat(bounded.enter()).isPresent();
    timer.pass(Duration.ofMillis(probeMillis).minusNanos(1));
    assertThat(bounded.lets()).isFalse();
    timer.pass(Duration.ofNanos(1));
    assertThat(bounded.lets()).isTrue();
  }

  @Test
  void whoComesWhileItIsProbedIsToComeAgainSoon() {
    Circuit narrow = circuit(1, 1);
    assertThat(narrow.retryAfter()).isZero();
    Circuit.Permit probe = silentProbe(narrow);
    assertThat(narrow.retryAfter()).as("it may tell at once").hasSeconds(5);
    timer.pass(OPEN.minusSeconds(2));
    assertThat(narrow.retryAfter()).hasSeconds(2);
    probe.failed();
    assertThat(narrow.retryAfter()).as("open").hasSeconds(60);
  }

  @Test
  void successesCloseIt() {
    fail(3);
    timer.pass(OPEN);
    succeed();
    assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
    succeed();
    assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    assertThat(told).containsExactly("OPEN 30", "HALF_OPEN 0", "CLOSED 0");
    fail(3);
    assertThat(circuit.remaining()).as("it begins anew").isEqualTo(OPEN);
  }

  @Test
  void oneFailureOpensItAgainForTwiceAsLongUpToTheLongest() {
    fail(3);
    timer.pass(OPEN);
    succeed();
    fail(1);
    assertThat(circuit.remaining()).isEqualTo(Duration.ofSeconds(60));
    timer.pass(Duration.ofSeconds(60));
    fail(1);
    assertThat(circuit.remaining()).isEqualTo(Duration.ofSeconds(100));
    timer.pass(Duration.ofSeconds(100));
    fail(1);
    assertThat(circuit.remaining()).isEqualTo(Duration.ofSeconds(100));
  }

  @Test
  void whatBeganBeforeSaysNothingAboutTheProbes() {
    Circuit.Permit early = circuit.enter().orElseThrow();
    Circuit.Permit late = circuit.enter().orElseThrow();
    fail(3);
    early.failed();
    timer.pass(OPEN);
    Circuit.Permit probe = circuit.enter().orElseThrow();
    late.failed();
    assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
    circuit.enter().orElseThrow().failed();
    timer.pass(Duration.ofSeconds(60));
    succeed();
    probe.failed();
    assertThat(circuit.state()).as("a probe of an earlier time").isEqualTo(CircuitState.HALF_OPEN);
    succeed();
    assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void whatBeganBeforeItOpenedSaysNothingOnceItHasClosed() {
    List<Circuit.Permit> early = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      early.add(circuit.enter().orElseThrow());
    }
    fail(3);
    timer.pass(OPEN);
    succeed();
    succeed();
    early.forEach(Circuit.Permit::failed);
    assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    fail(3);
    assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void answersThatBreakOffAreFailuresBesides() {
    List<Circuit.Permit> answered = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      answered.add(circuit.enter().orElseThrow());
    }
    answered.forEach(Circuit.Permit::answered);
    answered.forEach(Circuit.Permit::failed);
    assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);

    timer.pass(OPEN);
    Circuit.Permit probe = circuit.enter().orElseThrow();
    probe.answered();
    probe.failed();
    assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void aProbeThatHasAnsweredMakesRoomAndCountsOnce() {
    fail(3);
    timer.pass(OPEN);
    Circuit.Permit probe = circuit.enter().orElseThrow();
    probe.answered();
    assertThat(List.of(circuit.enter(), circuit.enter())).allMatch(each -> each.isPresent());
    assertThat(circuit.lets()).isFalse();
    probe.succeeded();
    assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
    assertThat(circuit.lets()).isFalse();
  }

  @Test
  void anotherOneGoesOnWhereItWas() {
    fail(3);
    timer.pass(OPEN);
    fail(1);
    timer.pass(OPEN);
    assertThat(circuit.openings()).isEqualTo(2);

    Circuit next = circuit(2, 1);
    next.resume(circuit.openings(), circuit.remaining());
    assertThat(next.state()).isEqualTo(CircuitState.OPEN);
    assertThat(next.remaining()).isEqualTo(OPEN);
    assertThat(next.enter()).isEmpty();

    timer.pass(OPEN);
    next.enter().orElseThrow().failed();
    assertThat(next.remaining()).as("the third time").hasSeconds(100);

    timer.pass(Duration.ofSeconds(100));
    next.enter().orElseThrow().succeeded();
    assertThat(next.openings()).isZero();
    for (int i = 0; i < 3; i++) {
      next.enter().orElseThrow().failed();
    }
    assertThat(next.remaining()).as("as the first time").isEqualTo(OPEN);
  }

  @Test
  void oneThatWasHalfOpenIsProbedAtOnce() {
    fail(3);
    timer.pass(OPEN);
    Circuit.Permit unused = circuit.enter().orElseThrow();
    assertThat(circuit.openings()).isEqualTo(1);

    Circuit next = circuit(1, 1);
    next.resume(circuit.openings(), circuit.remaining());

    next.enter().orElseThrow().succeeded();
    assertThat(next.state()).isEqualTo(CircuitState.CLOSED);
  }
}
