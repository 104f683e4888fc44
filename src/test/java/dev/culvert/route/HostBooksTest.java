package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of an account that the upstream refuses. */
class HostBooksTest {

  private static final List<String> BOTH = List.of("acme", "spare");

  private final List<Object> evicted = new ArrayList<>();
  private final TurnRouteRig rig =
      new TurnRouteRig(
          Map.of(
              "deploy",
              arguments -> 7L,
              "evict",
              arguments -> {
                evicted.add(arguments[1]);
                return 1;
              }));

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void oneOfOursIsEvictedAndRests() {
    String chosen = chosen();

    new HostBooks(rig.gateway).refused("acme", 429, Optional.empty());

    assertThat(evicted).containsExactly("acme");
    assertThat(chosen).isEqualTo("acme");
    assertThat(chosen()).isEqualTo("spare");
  }

  @Test
  void aCallersOwnIsEvictedAlone() {
    new HostBooks(rig.gateway).refused("upstream:up#1", 429, Optional.empty());

    assertThat(evicted).containsExactly("upstream:up#1");
  }

  private String chosen() {
    return rig.gateway.turns().accounts().choose(BOTH, "", List.of("a conversation"));
  }
}
