package dev.culvert.config;

import static dev.culvert.config.Configs.problemsWith;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {

  @ParameterizedTest
  @CsvSource({
    "culvert.acounts.x.header.Authorization",
    "culvert.sessions.redis.url",
    "culvert.sesions.redis.url",
    "culvert.routes.chat.headers.request.set.Host",
    "culvert.routes.chat.headers.requst.set.Authorization",
    "CULVERT_ROUTES_CHAT_HEADERS_REQUST_SET_AUTHORIZATION",
    "culvert.password",
  })
  void secretsStayOutOfMessages(String key) {
    assertThat(problemsWith(key, "redis://:hush@h?hush"))
        .singleElement()
        .asString()
        .contains("***")
        .doesNotContain("hush");
  }

  @ParameterizedTest
  @CsvSource({
    "ws://user:hush@host, ws://***@host",
    "ws://user:hu/sh@host, ws://***@host",
    "ws://host/?token=hush, ws://host/?***",
    "'ws://user:hush,x@host', ws://***@host",
    "'ws://user:x,hush@host', ws://***@host",
  })
  void credentialsOfUrlsStayOutOfMessages(String url, String shown) {
    assertThat(problemsWith("culvert.upstreams.a.url", url))
        .isNotEmpty()
        .allSatisfy(
            problem -> assertThat(problem).startsWith("culvert.upstreams.a.url: " + shown + " ("));
  }

  @ParameterizedTest
  @CsvSource({
    "culvert.transport.proxy, user:hush@proxy:3128, ***@proxy:3128",
    "culvert.sessions.redis.url, :hush@redis:6380, ***@redis:6380",
    "culvert.sessions.redis.url, redis:/:hush@redis, ***@redis",
    "culvert.upstreams.a.url, ws:user:hush@h, ***@h",
    "culvert.upstreams.a.url, 'user:hush@h,ws://b', '***@h,ws://b'",
    "culvert.upstreams.a.url, 'ws:/user:hu@sh@h', ***@h"
  })
  void noSlashesAreNeededForThat(String key, String value, String shown) {
    assertThat(problemsWith(key, value))
        .isNotEmpty()
        .anySatisfy(problem -> assertThat(problem).startsWith(key + ": " + shown + " ("))
        .noneMatch(problem -> problem.contains("hu"));
  }

  @Test
  void credentialsOfAMistypedUrlKeyStayOutOfMessages() {
    assertThat(problemsWith("culvert.upstreams.a.uri", "ws://user:hush@host"))
        .containsExactly("culvert.upstreams.a.uri: ws://***@host (unknown key; did you mean url?)");
  }

  @Test
  void valueCannotForgeALineOfTheLog() {
    assertThat(problemsWith("culvert.routes.chat.max-streams", "1\r\nINFO all is well"))
        .singleElement()
        .asString()
        .startsWith("culvert.routes.chat.max-streams: 1\\u000d\\u000aINFO all is well (");
  }

  @Test
  void keyCannotForgeALineOfTheLog() {
    assertThat(problemsWith("culvert.x\ny", "1"))
        .containsExactly("culvert.x\\u000ay: *** (unknown key)");
  }

  @Test
  void longValuesAreCut() {
    assertThat(Secrets.printable("x".repeat(300))).hasSize(300);
    assertThat(Secrets.printable("x".repeat(301))).isEqualTo("x".repeat(300) + "...");
  }
}
