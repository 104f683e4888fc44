package dev.culvert.config;

import dev.culvert.config.RedisRules.Node;
import dev.culvert.config.Upstream.Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads where sessions are counted. */
final class SessionsReader {

  private static final String PREFIX = "culvert.sessions.";
  private static final String URL = "redis.url";
  private static final int PORT = 6379;
  private static final Map<String, Integer> PORTS = Map.of("redis", PORT, "rediss", PORT);
  private static final List<String> REDIS_KEYS =
      List.of(
          URL,
          "redis.prefix",
          "redis.tls.trust",
          "redis.tls.trust-password",
          "redis.tls.key",
          "redis.tls.key-password",
          "redis.tls.server-name");

  private final Source source;
  private final Section section;

  SessionsReader(Source source) {
    this.source = source;
    this.section = new Section(source, PREFIX);
  }

  SessionRules read() {
    SessionRules usual = SessionRules.DEFAULTS;
    boolean shared = section.get("store", false, Words::redis);
    return new SessionRules(
        shared ? redis() : none(),
        section.get("ttl", usual.ttl(), Durations::leaseTime),
        section.get("fail-open", usual.failOpen(), Words::bool));
  }

  /** A key without effect is a problem: whoever set it believes that nodes share their counts. */
  private Optional<RedisRules> none() {
    for (String key : REDIS_KEYS) {
      source
          .value(PREFIX + key)
          .ifPresent(
              value ->
                  source.reject(
                      PREFIX + key, value, "expected: not without " + PREFIX + "store=redis"));
    }
    return Optional.empty();
  }

  private Optional<RedisRules> redis() {
    List<ServerUrl> urls =
        section.requiredList(
            URL,
            "a URL such as redis://host:6379",
            text -> Urls.server(text, PORTS, "redis://host:6379 or rediss://user:pw@host:6380"));
    if (urls.isEmpty()) {
      return Optional.empty();
    }
    ServerUrl first = urls.get(0);
    boolean alike =
        urls.stream()
            .allMatch(
                url ->
                    url.scheme().equals(first.scheme())
                        && url.login().equals(first.login())
                        && url.path().equals(first.path()));
    if (!alike) {
      source.reject(
          PREFIX + URL,
          source.value(PREFIX + URL).orElse(""),
          "expected: the same scheme, login and database for all nodes of a cluster");
    }
    return Optional.of(
        new RedisRules(
            urls.stream().map(url -> new Node(url.host(), url.port())).toList(),
            first.login(),
            database(first, urls.size() > 1),
            new TlsReader(source, PREFIX + "redis.").read(addresses(urls)),
            section.get("redis.prefix", "culvert", Words::keyPrefix)));
  }

  private int database(ServerUrl url, boolean cluster) {
    if (url.path().isEmpty()) {
      return 0;
    }
    return source.parse(PREFIX + URL, url.path(), text -> Words.database(text, cluster)).orElse(0);
  }

  private static List<Address> addresses(List<ServerUrl> urls) {
    return urls.stream()
        .map(
            url ->
                new Address(
                    url.scheme().equals("rediss") ? "https" : "http", url.host(), url.port(), ""))
        .toList();
  }
}
