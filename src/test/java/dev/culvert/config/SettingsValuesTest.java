package dev.culvert.config;

import static dev.culvert.config.Configs.chat;
import static dev.culvert.config.Configs.problemsWith;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of the kinds that many keys share, and their ranges. */
class SettingsValuesTest {

  @ParameterizedTest
  @ValueSource(strings = {"roles", "origins", "upgrades", "headers.request.remove"})
  void listWithoutAnEntryIsRefused(String key) {
    assertThat(problemsWith("culvert.routes.chat." + key, " , "))
        .containsExactly("culvert.routes.chat." + key + ": , (expected: at least one entry)");
  }

  @Test
  void emptyEntriesAndRepetitionsOfAListAreLeftOut() {
    assertThat(chat("culvert.routes.chat.upstreams", ",a,, a ,").upstreams()).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m,1s", "1s,0s", "x"})
  void durationBucketsAscendFromAboveZero(String buckets) {
    assertThat(problemsWith("culvert.metrics.duration-buckets", buckets))
        .singleElement()
        .asString()
        .startsWith("culvert.metrics.duration-buckets: ");
  }

  @ParameterizedTest
  @CsvSource({
    "close-grace, 61m, 0s to 1h",
    "close-grace, -1s, 0s to 1h",
    "handshake-timeout, 0, 1ms to 1h",
    "handshake-timeout, 2h, 1ms to 1h",
    "close-delay, PT-1S, 0s to 3650d",
    "close-jitter, -PT1S, 0s to 3650d",
    "stream.timeout, 3651d, 0s to 3650d",
  })
  void durationsHaveRanges(String key, String value, String range) {
    assertThat(problemsWith("culvert.routes.chat." + key, value))
        .containsExactly(
            "culvert.routes.chat."
                + key
                + ": "
                + value
                + " (expected: a duration from "
                + range
                + " in whole milliseconds, such as 40ms, 30s, 55m or PT55M)");
  }

  @Test
  void connectTimeoutIsAboveZero() {
    assertThat(problemsWith("culvert.transport.connect-timeout", "0s")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "culvert.routes.chat.on-redeploy, keep, close | detached",
    "culvert.routes.chat.host-header, Pass, pass | upstream",
    "culvert.routes.chat.stream.expires, true, credential | never",
    "culvert.routes.chat.mode, tcp, http | relay | tunnel | turns",
    "culvert.upstreams.a.enabled, yes, false | true",
    "culvert.stream.logs.handshake, TRUE, false | true",
    "culvert.stream.logs.level, OFF, DEBUG | ERROR | INFO | TRACE | WARNING",
    "culvert.stream.logs.level, ALL, DEBUG | ERROR | INFO | TRACE | WARNING",
  })
  void wordsAreTakenLiterally(String key, String value, String words) {
    assertThat(problemsWith(key, value))
        .containsExactly(key + ": " + value + " (expected: " + words + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "culvert.stream.logs.logger, a b",
    "culvert.routes.chat.host, example.org:80",
    "culvert.routes.chat.max-streams, 2147483648",
    "culvert.routes.chat.max-streams, 1.5",
    "culvert.routes.chat.upgrades, h2c",
    "culvert.routes.chat.upgrades, H2C/2",
    "culvert.routes.chat.upgrades, web socket",
    "culvert.routes.chat.stream.max-frame, 1MB",
    "culvert.trusted-proxies, proxy.example",
  })
  void badValueIsRefused(String key, String value) {
    assertThat(problemsWith(key, value))
        .singleElement()
        .asString()
        .startsWith(key + ": " + value + " (expected: ");
  }
}
