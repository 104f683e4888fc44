package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Preset;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

  private final EventReader reader = new EventReader(Preset.OPENAI_RESPONSES);

  @Test
  void theTypeIsFoundAfterOtherFields() {
    String text =
        "{\"a\":{\"type\":[{}]},\"b\":[[1],{\"type\":\"x\"}],\"type\":\"response.created\"}";

    assertThat(reader.read(text)).map(Event::type).contains("response.created");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"a\"",
        "{\"a\":{",
        "{\"a\":[",
        "{\"response\":{\"id\":\"x\"",
        "{\"a\":[[],"
      })
  void aTextThatIsCutIsNoEvent(String text) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertThat(reader.read(text)).isEmpty());
  }

  @Test
  void whatIsBeyondTheParsersLimitsIsNoEvent() {
    String number = "1".repeat(1_200);
    String levels = "[".repeat(2_000) + "]".repeat(2_000);

    assertThat(reader.read("{\"type\":\"response.completed\",\"a\":" + number + "}")).isEmpty();
    assertThat(reader.read("{\"a\":" + levels + ",\"type\":\"response.created\"}")).isEmpty();
  }
}
