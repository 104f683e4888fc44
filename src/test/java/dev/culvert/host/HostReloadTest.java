package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operator's wish that all deployments read their configuration again. */
class HostReloadTest {

  private final HostRig rig = new HostRig();
  private final List<String> reloaded = new ArrayList<>();

  /** The host holds listeners weakly. */
  private final List<Consumer<String>> listeners = new ArrayList<>();

  @AfterEach
  void end() throws IOException {
    rig.close();
  }

  @Test
  void reaches_all_deployments() {
    deploy(event -> reloaded.add("a"));
    deploy(event -> reloaded.add("b"));

    assertThat(rig.host.reload()).isEqualTo(2);
    assertThat(reloaded).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void reaches_the_others_when_some_cannot() {
    deploy(event -> fail("first fault"));
    deploy(event -> reloaded.add("a"));
    deploy(event -> fail("second fault"));
    deploy(event -> reloaded.add("b"));

    assertThatThrownBy(rig.host::reload)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("first fault", "second fault");
    assertThat(reloaded).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void reaches_the_others_when_one_ends_meanwhile() {
    deploy(
        event -> {
          throw new IllegalStateException("deployment: 1 (expected: one that is deployed)");
        });
    deploy(event -> reloaded.add("a"));

    assertThatThrownBy(rig.host::reload)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: one that is deployed");
    assertThat(reloaded).containsExactly("a");
  }

  private void deploy(Consumer<String> listener) {
    listeners.add(listener);
    rig.host.listen(rig.deploy(), listener);
  }

  private static void fail(String message) {
    throw new IllegalArgumentException(message);
  }
}
