package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Preset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnBodyTest {

  @Test
  void theFrameHasWhatTheBodyHasButForHttpsOwnFields() {
    TurnBody body =
        TurnBody.read(
                "{\"type\":\"x\",\"model\":\"m\",\"stream\":true,\"background\":false,"
                    + "\"store\":false,\"input\":[1.50,\"\\u00f6\"]}")
            .orElseThrow();

    assertThat(body.stream()).isTrue();
    assertThat(body.frame(Preset.OPENAI_RESPONSES))
        .isEqualTo(
            "{\"type\":\"response.create\",\"model\":\"m\",\"store\":false,\"input\":[1.50,\"ö\"]}");
  }

  @Test
  void withoutSayingSoAClientDoesNotStream() {
    assertThat(TurnBody.read("{}").orElseThrow().stream()).isFalse();
    assertThat(TurnBody.read("{\"stream\":\"true\"}").orElseThrow().stream()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "\"text\"", "{\"a\":", "3"})
  void onlyAnObjectIsABody(String text) {
    assertThat(TurnBody.read(text)).isEmpty();
  }

  @Test
  void whatIsBeyondTheParsersLimitsIsNoBody() {
    assertThat(TurnBody.read("{\"a\":" + "1".repeat(1_200) + "}")).isEmpty();
    assertThat(TurnBody.read("{\"a\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}")).isEmpty();
  }
}
