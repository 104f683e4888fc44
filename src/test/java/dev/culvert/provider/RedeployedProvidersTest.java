package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a deployment knew of its providers, the next one knows, too. */
class RedeployedProvidersTest {

  private static final Duration OPEN = Duration.ofSeconds(30);

  private final Rig rig = new Rig();

  private void openCircuit() {
    for (int i = 0; i < 5; i++) {
      Verdict unused = rig.fail(Failure.of(Failure.Kind.CONNECT));
    }
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void whatWasDisabledStaysSo() {
    rig.providers.disable("a");

    rig.redeploy();

    assertThat(rig.chosen()).isEqualTo("b");
    rig.providers.enable("a");
    rig.redeploy();
    assertThat(rig.chosen()).isEqualTo("a");
  }

  @Test
  void whatDrainsGoesOnDraining() {
    rig.serve("bound");
    rig.providers.drain("a");

    rig.redeploy();

    assertThat(rig.view("a").draining()).isTrue();
    assertThat(rig.serve("bound")).isEqualTo("a");
    assertThat(rig.chosen()).isEqualTo("b");
  }

  @Test
  void anOrderCountsAtOnceThoughTheDeploymentDoesNotEndProperly() {
    rig.providers.disable("a");

    rig.deploy();

    assertThat(rig.chosen()).isEqualTo("b");
  }

  @Test
  void aConfigurationThatSaysSomethingElseThanThenHasTheLastWord() {
    rig.providers.disable("a");
    rig.redeploy("upstreams.a.enabled", "false");
    rig.redeploy("upstreams.a.enabled", "true");

    assertThat(rig.chosen()).isEqualTo("a");
  }

  @Test
  void whatLeftTheConfigurationBeginsAnew() {
    rig.providers.disable("a");
    rig.remove("a");
    rig.redeploy();

    assertThat(rig.chosen()).isEqualTo("a");
  }

  @Test
  void aCircuitStaysOpenForTheTimeThatIsLeft() {
    openCircuit();
    rig.timer.pass(Duration.ofSeconds(10));

    rig.redeploy();

    assertThat(rig.circuit("a")).isEqualTo(CircuitState.OPEN);
    assertThat(rig.chosen()).isEqualTo("b");
    rig.timer.pass(OPEN.minusSeconds(10));
    assertThat(rig.chosen()).isEqualTo("a");
    assertThat(rig.circuit("a")).isEqualTo(CircuitState.HALF_OPEN);
  }

  @Test
  void timeGoesOnWhileNothingIsDeployed() {
    openCircuit();
    rig.providers.note();
    rig.timer.pass(OPEN);

    rig.redeploy();

    assertThat(rig.chosen()).isEqualTo("a");
  }

  @Test
  void otherRulesBeginWithAClosedCircuit() {
    openCircuit();

    rig.redeploy("upstreams.a.breaker.failures", "7");

    assertThat(rig.circuit("a")).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void whatAskedToBeLeftAloneIsLeftAlone() {
    Verdict unused =
        rig.fail(new Failure(Failure.Kind.RATE_LIMITED, 429, Optional.of(Duration.ofSeconds(20))));

    rig.redeploy();

    assertThat(rig.view("a").resting()).hasSeconds(20);
    assertThat(rig.chosen()).isEqualTo("b");
  }

  @Test
  void aTextThatNobodyUnderstandsIsNone() {
    rig.notes.write("providers", "a\nb x\na WHAT true 1 1 1 r\na DISABLE true x 1 1 r");

    rig.deploy();

    assertThat(rig.chosen()).isEqualTo("a");
  }
}
