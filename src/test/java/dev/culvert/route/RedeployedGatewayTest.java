package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.admin.ProvidersBean;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Settings;
import dev.culvert.host.RealHost;
import dev.culvert.provider.Ask;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Attempts;
import dev.culvert.provider.Choice;
import dev.culvert.provider.CircuitState;
import dev.culvert.provider.Failure;
import dev.culvert.provider.ProviderView;
import dev.culvert.turn.UnderWay;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deployments after each other, on a host that stays. */
class RedeployedGatewayTest {

  private static final Settings SETTINGS =
      TestSettings.of(
          "culvert.routes.chat.upstreams", "up, other",
          "culvert.routes.chat.policy", "first",
          "culvert.upstreams.other.url", "ws://other:1",
          "culvert.upstreams.up.accounts", "one, two",
          "culvert.accounts.one.header.Authorization", "Bearer one",
          "culvert.accounts.two.header.Authorization", "Bearer two");

  private static final List<String> SEED = List.of("alice");

  private final RealHost host = new RealHost();
  private Gateway gateway = deployed(SETTINGS);

  @AfterEach
  void stop() {
    gateway.stop();
    host.close();
  }

  private Gateway deployed(Settings settings) {
    HostBoundary boundary = host.boundary();
    Gateway begun = new Gateway("redeployed", boundary, settings, () -> settings);
    begun.begin();
    return begun;
  }

  private void redeploy(Settings settings) {
    gateway.stop();
    gateway = deployed(settings);
  }

  private Attempts request() {
    Ask ask = new Ask(Optional.of("s"), group -> false, feature -> Optional.empty());
    return gateway
        .providers()
        .attempts(gateway.configuration().settings().routes().get("chat"), ask);
  }

  private Choice choice() {
    return request().next().toCompletableFuture().join();
  }

  private String chosen() {
    try (Attempt attempt = (Attempt) choice()) {
      return attempt.upstream().name();
    }
  }

  private ProviderView up() {
    return gateway.providers().list().stream()
        .filter(provider -> provider.name().equals("up"))
        .findFirst()
        .orElseThrow();
  }

  private void order(String operation) throws JMException {
    ManagementFactory.getPlatformMBeanServer()
        .invoke(
            new ObjectName(ProvidersBean.name("redeployed")),
            operation,
            new Object[] {"up"},
            new String[] {String.class.getName()});
  }

  @Test
  void whatAnOperatorSaidHoldsUntilHeSaysSomethingElse() throws JMException {
    order("disable");
    redeploy(SETTINGS);
    assertThat(up().enabled()).isFalse();
    assertThat(chosen()).isEqualTo("other");

    order("drain");
    redeploy(SETTINGS);
    assertThat(up().draining()).isTrue();
    assertThat(chosen()).isEqualTo("other");

    order("enable");
    redeploy(SETTINGS);
    assertThat(chosen()).isEqualTo("up");
  }

  @Test
  void anotherApplicationHasItsOwn() throws JMException {
    order("disable");

    Gateway neighbour = new Gateway("neighbour", host.boundary(), SETTINGS, () -> SETTINGS);
    try {
      assertThat(neighbour.providers().list()).allMatch(ProviderView::enabled);
    } finally {
      neighbour.stop();
    }
  }

  private void openCircuit() {
    for (int i = 0; i < 5; i++) {
      try (Attempt attempt = (Attempt) choice()) {
        attempt.failed(Failure.of(Failure.Kind.CONNECT));
      }
    }
  }

  @Test
  void whatIsCutOffByTheUndeploymentOpensNoCircuit() {
    AtomicReference<UnderWay> turns = new AtomicReference<>();
    turns.set(
        Stub.of(
            UnderWay.class,
            Map.of(
                "drain",
                arguments -> {
                  openCircuit();
                  gateway.turns().leave(turns.get());
                  return null;
                })));
    assertThat(gateway.turns().enter(turns.get())).isTrue();

    redeploy(SETTINGS);

    assertThat(up().circuit()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void anOpenCircuitStaysOpen() {
    openCircuit();
    assertThat(up().circuit()).isEqualTo(CircuitState.OPEN);

    redeploy(SETTINGS);

    assertThat(up().circuit()).isEqualTo(CircuitState.OPEN);
    assertThat(chosen()).isEqualTo("other");
  }

  @Test
  void anAccountThatRestsRestsOn() {
    List<String> names = List.of("one", "two");
    String first = gateway.turns().accounts().choose(names, "", SEED);
    gateway.turns().accounts().rest(first, Optional.empty());

    redeploy(SETTINGS);

    assertThat(gateway.turns().accounts().choose(names, "", SEED)).isNotEqualTo(first);
  }

  @Test
  void theHostKeepsNoNoteOfADeploymentThatHasEnded() {
    HostNotes notes = new HostNotes(host.boundary(), gateway.deployment());
    gateway.stop();

    notes.write("late", "text");

    assertThat(notes.read("late")).isEmpty();
    assertThatThrownBy(() -> host.boundary().boundUpstream(gateway.deployment(), "s"))
        .isInstanceOf(IllegalStateException.class);
    gateway = deployed(SETTINGS);
    assertThat(new HostNotes(host.boundary(), gateway.deployment()).read("late")).isEmpty();
  }
}
