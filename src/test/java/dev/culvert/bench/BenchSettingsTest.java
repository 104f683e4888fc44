package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchSettingsTest {

  private final Properties properties = new Properties();

  @Test
  void hasADefaultForEverything() {
    BenchSettings settings = BenchSettings.of(properties);

    assertThat(settings.payloads()).containsExactly(1024, 65536);
    assertThat(settings.connections()).isEqualTo(32);
    assertThat(settings.contestants()).isEmpty();
    assertThat(settings.suites()).containsExactly(Suite.PLAIN, Suite.TLS, Suite.HTTP);
    assertThat(settings.turns()).isTrue();
    assertThat(settings.war()).isEqualTo(Path.of("target", "culvert.war"));
  }

  @Test
  void readsItsProperties() {
    properties.setProperty("bench.target", "/elsewhere");
    properties.setProperty("bench.seconds", "7");
    properties.setProperty("bench.contestants", "direct,nginx");
    properties.setProperty("bench.tables", "turns");
    properties.setProperty("bench.jvm", "-Xmx1g -Xms1g");

    BenchSettings settings = BenchSettings.of(properties);

    assertThat(settings.directory()).isEqualTo(Path.of("/elsewhere", "bench"));
    assertThat(settings.window()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.contestants()).containsExactly("direct", "nginx");
    assertThat(settings.suites()).isEmpty();
    assertThat(settings.turns()).isTrue();
    assertThat(settings.jvm()).containsExactly("-Xmx1g", "-Xms1g");
  }

  @Test
  void makesOnlyTheTablesThatAreWanted() {
    properties.setProperty("bench.tables", "tls");

    BenchSettings settings = BenchSettings.of(properties);

    assertThat(settings.suites()).containsExactly(Suite.TLS);
    assertThat(settings.turns()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "bench.seconds, 0, bench.seconds: 0 (expected: >= 1)",
    "bench.rounds, many, bench.rounds: many (expected: a number)",
    "bench.tables, quic, 'bench.tables: quic (expected: plain, tls, turns, http)'",
    "bench.payloads, '64,4', bench.payloads: 4 (expected: >= 8)",
  })
  void namesABadValue(String key, String value, String message) {
    properties.setProperty(key, value);

    assertThatThrownBy(() -> BenchSettings.of(properties))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
