package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.config.Preset;
import org.junit.jupiter.api.Test;

class TurnFrameTest {

  private static String frame(String body) {
    return TurnFrame.of(body, Preset.OPENAI_RESPONSES);
  }

  @Test
  void hasWhatTheBodyHasButForHttpsOwnFields() {
    assertThat(
            frame(
                "{\"type\":[\"x\"],\"model\":\"m\",\"stream\":true,\"background\":{\"a\":[1]},"
                    + "\"store\":false,\"input\":[1.50,\"\\u00f6\"]}"))
        .isEqualTo(
            "{\"type\":\"response.create\",\"model\":\"m\",\"store\":false,\"input\":[1.50,\"ö\"]}");
  }

  @Test
  void valuesOfAllKindsStayWhatTheyAre() {
    String members =
        "\"a\":{\"type\":\"t\",\"stream\":[{}],\"\":null},\"b\":[[],true,-1,1.25E+30,\"\\n\\\"\\\\\"]}";

    assertThat(frame("{" + members)).isEqualTo("{\"type\":\"response.create\"," + members);
  }

  @Test
  void namesNoTypeWhereTheProtocolHasNone() {
    assertThat(TurnFrame.of("{\"type\":\"t\",\"stream\":true}", Preset.GENERIC))
        .isEqualTo("{\"type\":\"t\"}");
  }

  @Test
  void cannotHaveWhatIsBeyondTheParsersLimits() {
    assertThatThrownBy(() -> frame("{\"a\":[" + "1".repeat(1_200) + "]}"))
        .isInstanceOf(InvalidRequest.class);
  }
}
