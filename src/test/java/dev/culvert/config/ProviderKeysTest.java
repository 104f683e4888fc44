package dev.culvert.config;

import static dev.culvert.config.Configs.chat;
import static dev.culvert.config.Configs.problemsWith;
import static dev.culvert.config.Configs.read;
import static dev.culvert.config.Configs.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.RedisRules.Node;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Keys of providers: how they are chosen, where their sessions are counted, how they are reached.
 */
class ProviderKeysTest {

  @ParameterizedTest
  @CsvSource({
    "weighted, WEIGHTED",
    "round-robin, ROUND_ROBIN",
    "least-streams, LEAST_STREAMS",
    "first, FIRST"
  })
  void policyIsAWord(String word, Policy.Kind kind) {
    assertThat(chat("culvert.routes.chat.policy", word).policy())
        .isEqualTo(new Policy(kind, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "hash:header:X-Tenant, HEADER, x-tenant",
    "hash:cookie:JSESSIONID, COOKIE, JSESSIONID",
    "hash:client, CLIENT, ''",
    "hash:user, USER, ''"
  })
  void policyIsAHashOfAProperty(String text, Feature.Kind kind, String name) {
    assertThat(chat("culvert.routes.chat.policy", text).policy())
        .isEqualTo(new Policy(Policy.Kind.HASH, Optional.of(new Feature(kind, name))));
  }

  @ParameterizedTest
  @CsvSource({"random", "hash", "hash:", "hash:header:", "hash:header:a b", "hash:query:a"})
  void otherPolicyIsRefused(String text) {
    assertThat(problemsWith("culvert.routes.chat.policy", text))
        .containsExactly(
            "culvert.routes.chat.policy: "
                + text
                + " (expected: weighted | round-robin | least-streams | first |"
                + " hash:header:<Name> | hash:cookie:<Name> | hash:client | hash:user)");
  }

  @ParameterizedTest
  @EnumSource
  void everyModeHasAWord(Route.Mode mode) {
    String word = mode.name().toLowerCase(java.util.Locale.ROOT);

    assertThat(chat("culvert.routes.chat.mode", word).mode()).isEqualTo(mode);
  }

  @ParameterizedTest
  @CsvSource({
    "culvert.upstreams.a.weight, 10001, a whole number from 0 to 10000",
    "culvert.upstreams.a.breaker.failures, 0, a whole number from 1 to 1000",
    "culvert.upstreams.a.health.fails, 0, a whole number from 1 to 2147483647",
    "culvert.upstreams.a.health.path, health, 'a path that begins with /,"
        + " of visible ASCII characters, perhaps with a query'",
    "culvert.routes.chat.retry.attempts, 0, a whole number from 1 to 1000",
    "culvert.routes.chat.retry.methods, post, 'a method in capital letters, such as POST'",
    "culvert.routes.chat.session, query:x, header:<Name> | cookie:<Name> | client | user",
    "culvert.transport.no-proxy, a/b, 'a host name, an IPv4 address or an IPv6 address in"
        + " brackets, without a port'",
    "culvert.transport.proxy, https://p, 'a URL such as http://proxy:8080'"
  })
  void valueOutOfRangeIsRefused(String key, String value, String expected) {
    assertThat(problemsWith(key, value))
        .containsExactly(key + ": " + value + " (expected: " + expected + ")");
  }

  @Test
  void clusterIsSeveralUrls() {
    SessionRules rules =
        read(with(
                "culvert.sessions.store", "redis",
                "culvert.sessions.redis.url", "redis://:p%40ss@One, redis://:p%40ss@[::1]:7000",
                "culvert.sessions.redis.prefix", "cv:eu",
                "culvert.sessions.ttl", "1m",
                "culvert.sessions.fail-open", "false"))
            .sessions();

    assertThat(rules)
        .isEqualTo(
            new SessionRules(
                Optional.of(
                    new RedisRules(
                        List.of(new Node("one", 6379), new Node("[::1]", 7000)),
                        Optional.of(new Login("", "p@ss")),
                        0,
                        Optional.empty(),
                        "cv:eu")),
                Duration.ofMinutes(1),
                false));
    assertThat(rules.toString()).doesNotContain("p@ss");
  }

  @Test
  void databaseStandsAfterTheHost() {
    RedisRules redis =
        read(with(
                "culvert.sessions.store", "redis",
                "culvert.sessions.redis.url", "rediss://me:secret@one:1/3"))
            .sessions()
            .redis()
            .orElseThrow();

    assertThat(redis.database()).isEqualTo(3);
    assertThat(redis.tls()).isPresent();
    assertThat(redis.login()).contains(new Login("me", "secret"));
  }

  @ParameterizedTest
  @CsvSource({
    "'redis://a/x', 'x (expected: a whole number from 0 to 9999)'",
    "'redis://a/1, redis://b/1', '1 (expected: a whole number from 0 to 0)'",
    "'redis://a, rediss://b', 'redis://a, rediss://b (expected: the same scheme, login and database"
        + " for all nodes of a cluster)'",
    "'http://me:secret@a', 'http://***@a (expected: a URL such as redis://host:6379 or"
        + " rediss://user:pw@host:6380)'",
  })
  void redisUrlThatIsNoneIsRefused(String url, String complaint) {
    assertThat(problemsWith("culvert.sessions.store", "redis", "culvert.sessions.redis.url", url))
        .containsExactly("culvert.sessions.redis.url: " + complaint);
  }

  @Test
  void redisWithoutUrlIsRefused() {
    assertThat(problemsWith("culvert.sessions.store", "redis"))
        .containsExactly(
            "culvert.sessions.redis.url: missing (expected: a URL such as redis://host:6379)");
  }

  @Test
  void redisUrlWithoutTheStoreIsRefused() {
    assertThat(problemsWith("culvert.sessions.redis.url", "redis://:secret@a"))
        .containsExactly(
            "culvert.sessions.redis.url: redis://***@a"
                + " (expected: not without culvert.sessions.store=redis)");
  }

  @Test
  void everyKeyOfTheTransportIsRead() {
    TransportRules rules =
        read(with(
                "culvert.transport.max-idle", "0",
                "culvert.transport.max-idle-per-host", "3",
                "culvert.transport.keep-alive", "5s",
                "culvert.transport.max-per-host", "7",
                "culvert.transport.http2", "false",
                "culvert.transport.proxy", "http://me:secret@proxy:3128",
                "culvert.transport.no-proxy", "localhost, .Example.org",
                "culvert.transport.tls-timeout", "1s"))
            .transport();

    assertThat(rules)
        .isEqualTo(
            new TransportRules(
                0,
                3,
                Duration.ofSeconds(5),
                7,
                false,
                Optional.of(
                    new ForwardProxy("proxy", 3128, Optional.of(new Login("me", "secret")))),
                List.of("localhost", ".example.org"),
                Duration.ofSeconds(1)));
    assertThat(rules.toString()).doesNotContain("secret");
  }
}
