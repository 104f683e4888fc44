package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoadTest {

  private static final Load LOAD =
      new Load(
          Listener.plain(1),
          2,
          new Scenario(Traffic.EVENTS, 200, 100),
          Duration.ZERO,
          Duration.ofMillis(1500),
          List.of(7L, 8L));

  @Test
  void isReadAsItWasWritten() {
    assertThat(Load.parse(LOAD.toWords())).isEqualTo(LOAD);
  }

  @Test
  void listenerIsReadAsItWasWritten() {
    Listener secure = new Listener(443, Optional.of(Path.of("/a b/ca.pem")));

    assertThat(secure.toWord()).doesNotContain(" ");
    assertThat(Listener.parse(secure.toWord())).isEqualTo(secure);
  }

  @Test
  void measurementIsReadAsItWasWritten() {
    Measurement measurement =
        new Measurement(
            12,
            Duration.ofMillis(1500),
            Duration.ofNanos(250),
            Duration.ofNanos(1_000),
            Duration.ofMillis(30));

    assertThat(Measurement.parse(measurement.toLine())).isEqualTo(measurement);
    assertThat(measurement.rate()).isEqualTo(8);
    assertThat(measurement.cpuPerMillion()).isEqualTo(2500);
  }
}
