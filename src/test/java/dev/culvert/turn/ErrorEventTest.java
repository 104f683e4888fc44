package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Preset;
import jakarta.json.Json;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ErrorEventTest {

  private static final Preset PRESET = Preset.OPENAI_RESPONSES;
  private static final Optional<JsonValue> LANE = Optional.of(Json.createValue("a"));

  @Test
  void theUpstreamsOwnIsLeftAsItIs() {
    String event = "{ \"type\":\"error\" }";

    assertThat(
            ErrorEvent.of(
                new TurnEnd.Refused(429, "c", "d", Map.of("retry-after", List.of("7")), event),
                PRESET,
                LANE))
        .isEqualTo(event);
  }

  @Test
  void anErrorHasStatusCodeAndMessage() {
    assertThat(ErrorEvent.of(TurnEnd.Refused.of(400, "bad", "why"), PRESET, Optional.empty()))
        .isEqualTo(
            "{\"type\":\"error\",\"status\":400,\"error\":"
                + "{\"code\":\"bad\",\"message\":\"why\",\"type\":\"gateway_error\"}}");
  }

  @Test
  void anUpgradeThatWasRefusedSaysWhenToComeAgain() {
    TurnEnd.Refused refused =
        new TurnEnd.Refused(
            429,
            "upstream_refused",
            "",
            Map.of("retry-after", List.of("7"), "x", List.of("y")),
            "");

    assertThat(ErrorEvent.of(refused, PRESET, LANE))
        .endsWith("\"headers\":{\"retry-after\":\"7\"},\"stream_id\":\"a\"}");
  }

  @Test
  void itsTypeIsWhereTheProtocolHasIt() {
    Preset other =
        new Preset(
            "",
            "kind",
            PRESET.terminals(),
            PRESET.owning(),
            PRESET.metadata(),
            PRESET.visible(),
            Map.of(),
            "",
            "");

    assertThat(ErrorEvent.of(TurnEnd.Refused.of(502, "c", "d"), other, Optional.empty()))
        .startsWith("{\"kind\":\"error\",\"status\":502,");
  }
}
