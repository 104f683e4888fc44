package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineupTest {

  private final Properties properties = new Properties();
  @TempDir private Path target;

  @BeforeEach
  void set() {
    properties.setProperty("bench.target", target.toString());
  }

  @Test
  void tablesHaveThoseWhoAreWanted() throws IOException {
    properties.setProperty("bench.contestants", "nginx,culvert-relay,culvert");

    var lineup = Lineup.of(BenchSettings.of(properties));

    assertThat(lineup.get(Suite.PLAIN))
        .extracting(Contestant::name)
        .containsExactly("culvert", "culvert-relay", "nginx");
    assertThat(lineup.get(Suite.TLS))
        .extracting(Contestant::name)
        .containsExactly("culvert", "nginx");
  }

  @Test
  void requestsHavePeersOfTheirOwn() throws IOException {
    properties.setProperty("bench.tables", "http");

    assertThat(Lineup.of(BenchSettings.of(properties)).get(Suite.HTTP))
        .extracting(Contestant::name)
        .containsExactly(
            "direct",
            "culvert",
            "culvert-wildfly",
            "vertx",
            "spring-gateway",
            "nginx",
            "haproxy",
            "caddy");
  }

  @Test
  void namesThoseWhomNoTableKnows() {
    properties.setProperty("bench.tables", "tls");
    properties.setProperty("bench.contestants", "culvert-relay");

    assertThatThrownBy(() -> Lineup.of(BenchSettings.of(properties)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "bench.contestants: [culvert-relay] (expected: some of"
                + " [direct, culvert, culvert-wildfly, nginx, haproxy, caddy])");
  }
}
