package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutcomeTest {

  @Test
  void theLabelsAreAClosedSet() {
    assertThat(Outcome.values())
        .extracting(Outcome::label)
        .containsExactly(
            "opened",
            "refused",
            "forbidden",
            "relayed",
            "connect-failed",
            "bad-response",
            "timeout",
            "limit",
            "unavailable",
            "client-gone",
            "error");
  }
}
