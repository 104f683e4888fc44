package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioTest {

  @Test
  void isAHeading() {
    assertThat(new Scenario(Traffic.EVENTS, 200, 100)).hasToString("200 event streams, 100 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "MESSAGES, 1, 7, payload: 7 (expected: >= 8)",
    "REQUESTS, 0, 0, connections: 0 (expected: 1 to 2147483647)",
    "EVENTS, 257, 100, connections: 257 (expected: 1 to 256)",
  })
  void namesWhatCannotBe(Traffic traffic, int connections, int payload, String message) {
    assertThatThrownBy(() -> new Scenario(traffic, connections, payload))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
