package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Providers that are asked whether they are well. */
class HealthChecksTest implements Prober {

  private static final String[] CHECKED = {
    "upstreams.a.health.interval", "10s",
    "upstreams.a.health.passes", "2",
    "upstreams.a.health.fails", "3"
  };

  private final Rig rig = new Rig(CHECKED);
  private final List<String> asked = new ArrayList<>();
  private Optional<Error> fault = Optional.empty();
  private CompletableFuture<Optional<String>> answer =
      CompletableFuture.completedFuture(Optional.empty());
  private final HealthChecks checks =
      new HealthChecks(rig.providers, this, rig, rig.timer::nanos, new Random(1));

  @Override
  public CompletionStage<Optional<String>> probe(Upstream upstream) {
    asked.add(upstream.name());
    fault.ifPresent(
        thrown -> {
          throw thrown;
        });
    return answer;
  }

  private void answer(String wrong) {
    answer = CompletableFuture.completedFuture(Optional.of(wrong).filter(text -> !text.isEmpty()));
  }

  /** So many checks, each when it is due. */
  private void check(int times) {
    for (int i = 0; i < times; i++) {
      rig.timer.pass(Duration.ofSeconds(11));
      checks.run();
    }
  }

  @Test
  void onlyWhoeverIsToBeCheckedIsAsked() {
    check(3);
    assertThat(asked).containsExactly("a", "a", "a");
    rig.providers.disable("a");
    check(3);
    assertThat(asked).hasSize(3);
  }

  @Test
  void checksAreAnIntervalApartGiveOrTakeATenth() {
    checks.run();
    rig.timer.pass(Duration.ofMillis(8_999));
    checks.run();
    assertThat(asked).hasSize(1);
    rig.timer.pass(Duration.ofMillis(2_001));
    checks.run();
    assertThat(asked).hasSize(2);
  }

  @Test
  void failsInARowTakeItOutAndPassesInARowBringItBack() {
    answer("503");
    check(2);
    answer("");
    check(1);
    answer("503");
    check(2);
    assertThat(rig.chosen()).isEqualTo("a");
    check(1);
    assertThat(rig.chosen()).isEqualTo("b");
    assertThat(rig.view("a").well()).isFalse();
    answer("");
    check(1);
    assertThat(rig.chosen()).isEqualTo("b");
    check(1);
    assertThat(rig.chosen()).isEqualTo("a");
    assertThat(rig.told)
        .filteredOn(what -> what.contains("well"))
        .containsExactly("a unwell: 503", "a well");
  }

  @Test
  void aFaultOfACheckIsAFail() {
    answer = CompletableFuture.failedFuture(new IllegalStateException("no"));
    check(3);
    assertThat(rig.view("a").well()).isFalse();
  }

  @Test
  void aCheckThatCannotBeginIsAFailAndEndsNeitherTheOthersNorTheNext() {
    rig.configure("upstreams.a.health.interval", "10s", "upstreams.b.health.interval", "10s");
    fault = Optional.of(new LinkageError("no"));
    check(3);
    assertThat(asked).containsExactly("a", "b", "a", "b", "a", "b");
    assertThat(rig.view("a").well()).isFalse();
    fault = Optional.empty();
    check(5);
    assertThat(rig.view("a").well()).isTrue();
  }

  @Test
  void aSlowCheckIsNotRepeatedBeforeItEnds() {
    answer = new CompletableFuture<>();
    check(5);
    assertThat(asked).hasSize(1);
    answer.complete(Optional.empty());
    check(1);
    assertThat(asked).hasSize(2);
  }

  @Test
  void resultsOutlastAConfigurationThatSaysNothingNew() {
    answer("503");
    check(3);
    rig.configure(CHECKED);
    assertThat(rig.view("a").well()).isFalse();
  }

  @Test
  void otherRulesCountAtOnce() {
    checks.run();
    rig.configure("upstreams.a.health.interval", "1s");
    checks.run();
    assertThat(asked).containsExactly("a", "a");
    rig.timer.pass(Duration.ofMillis(1_101));
    checks.run();
    assertThat(asked).hasSize(3);
  }

  @Test
  void whoeverWasUnwellStaysSoUntilItIsCheckedByOtherRules() {
    answer("503");
    check(3);
    rig.configure("upstreams.a.url", "ws://other:1", "upstreams.a.health.interval", "1h");
    assertThat(rig.view("a").well()).isFalse();
    checks.run();
    assertThat(rig.view("a").well()).isFalse();

    answer("");
    rig.configure("upstreams.a.url", "ws://another:1", "upstreams.a.health.interval", "1h");
    checks.run();
    assertThat(rig.view("a").well()).as("the first check decides").isTrue();
  }

  @Test
  void whoeverIsCheckedNoMoreIsWell() {
    answer("503");
    check(3);
    rig.configure();
    assertThat(rig.view("a").well()).isTrue();
  }
}
