package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.SlotSpec;
import dev.culvert.turn.TurnBody;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callers of a route whose upstream has an account. */
class TurnTargetTest {

  private final TurnRouteRig rig = new TurnRouteRig(Map.of("deploy", arguments -> 7L));

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void anonymousCallersAreToldApartByTheirCredentials() {
    SlotSpec one = slot("Authorization", "Bearer 1");

    assertThat(slot("Authorization", "Bearer 2").principal()).isNotEqualTo(one.principal());
    assertThat(slot().principal()).isNotEqualTo(one.principal());
    assertThat(slot("Authorization", "Bearer 1").principal()).isEqualTo(one.principal());
  }

  @Test
  void andByHeadersThatGoNoFurther() {
    assertThat(slot("OpenAI-Project", "1").principal())
        .isNotEqualTo(slot("OpenAI-Project", "2").principal());
  }

  @Test
  void theUpstreamSeesTheAccountsCredentialOnly() {
    assertThat(slot("Authorization", "Bearer 1", "OpenAI-Project", "x").headers())
        .containsExactly(Map.entry("Authorization", "Bearer acme"));
  }

  private SlotSpec slot(String... shown) {
    TurnBody body = TurnBody.read("{\"prompt_cache_key\":\"c\"}");
    return rig.slot(rig.starter(shown), body);
  }
}
